mod common;
mod page_support;
use page_support::*;
#[test]
#[ignore]
fn look() {
    let Some(folder) = shared_folder("data/invictus-ir") else { return };
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder]).unwrap();
    case.settled();
    let shot = |name: &str| {
        for dark in [false, true] {
            page.set_media(dark, true).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(200));
            page.screenshot(format!("/tmp/wt/keys-{name}-{}.png", if dark { "dark" } else { "light" })).unwrap();
        }
        page.set_media(false, true).unwrap();
    };
    page.press("0").unwrap();
    case.settled();
    println!("{:?}", page.rect(".row[data-index=\"1\"]"));
    println!("{:?}", page.eval::<String>("document.querySelector('#grid').outerHTML.slice(0,900) + document.querySelectorAll('.row').length + ' top ' + document.querySelector('#grid').scrollTop"));
    page.click(".row[data-index=\"1\"]").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    println!(
        "focus {:?} {:?}",
        page.eval::<String>("document.activeElement.outerHTML.slice(0,80)"),
        page.count("#detail")
    );
    println!("{:?}", page.eval::<String>("document.querySelector('#grid').outerHTML.slice(0,900) + document.querySelectorAll('.row').length + ' top ' + document.querySelector('#grid').scrollTop"));
    page.click(".row[data-index=\"1\"]").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    println!(
        "focus {:?} {:?}",
        page.eval::<String>("document.activeElement.outerHTML.slice(0,80)"),
        page.count("#detail")
    );
    shot("events");
    page.press("Control+k").unwrap();
    shot("palette");
    page.type_text("stack s").unwrap();
    shot("palette-typed");
    page.press("Escape").unwrap();
    page.press("?").unwrap();
    shot("help");
    page.resize(900, 700).unwrap();
    shot("help-900");
    page.resize(720, 450).unwrap();
    shot("help-720");
    page.press("Escape").unwrap();
    shot("events-720");
    page.press("Control+k").unwrap();
    shot("palette-720");
    page.press("Escape").unwrap();
    page.press("Escape").unwrap();
    page.press("3").unwrap();
    shot("files-720");
    page.press("1").unwrap();
    page.focus("#skip").unwrap();
    page.resize(900, 700).unwrap();
    shot("events-900");
    page.resize(1440, 900).unwrap();
    page.cdp("Emulation.setEmulatedMedia", serde_json::json!({"features":[{"name":"forced-colors","value":"active"},{"name":"prefers-color-scheme","value":"dark"}]})).unwrap();
    page.focus("#grid").unwrap();
    page.press("j").unwrap();
    page.press("Enter").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    page.screenshot("/tmp/wt/keys-forced.png").unwrap();
    page.press("Control+k").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    page.screenshot("/tmp/wt/keys-forced-palette.png").unwrap();
}
