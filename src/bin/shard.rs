//! The program of a shard's worker.

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        console_error_panic_hook::set_once();
        trailglass::session::worker::start();
    }
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("this program runs in a browser's worker; try `cargo xtask serve`");
}
