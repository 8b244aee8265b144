// Loads the page's program. A file of its own because the policy of index.html allows no inline script.
// `cargo xtask build` replaces the build id, so that a cached file of an older build is never asked for.
const build = "__BUILD__";
const { default: init } = await import(`./trailglass.js?v=${build}`);
await init({ module_or_path: new URL(`./trailglass_bg.wasm?v=${build}`, import.meta.url) });
