//! Facets, chips and the list of all fields, as a person uses them: text, chips, counts and table always agree.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, invictus};

fn opened() -> Option<OpenCase> {
    let case = invictus()?;
    case.page.wait_for("document.querySelectorAll('#facets [data-field=action] .value').length > 4", SOON).unwrap();
    Some(case)
}

fn value(field: &str, value: &str) -> String {
    format!("#facets [data-field=\"{field}\"] .value[data-value=\"{value}\"]")
}

/// Waits until a value of a facet stands so and counts so many.
#[track_caller]
fn stands(case: &OpenCase, css: &str, standing: &str, count: u64) {
    let js = format!(
        "(() => {{ const row = document.querySelector('{css}'); return row?.dataset.standing === '{standing}' && \
         row.querySelector('.count').textContent.replace(/[^0-9]/g, '') === '{count}'; }})()"
    );
    case.page.wait_for(&js, SOON).unwrap_or_else(|error| {
        let got = case.page.eval::<Option<String>>(&format!("document.querySelector('{css}')?.outerHTML ?? null"));
        panic!("{css} should be {standing} with {count}: {got:?} {error}")
    });
}

fn count(case: &OpenCase, css: &str) -> u64 {
    case.number(&format!("{css} .count"))
}

#[track_caller]
fn typed(case: &OpenCase, text: &str) {
    case.page.wait_for(&format!("document.querySelector('#search').value === {text:?}"), SOON).unwrap_or_else(|_| {
        panic!("{text:?}, not {:?}", case.page.eval::<String>("document.querySelector('#search').value"))
    });
}

fn chips(case: &OpenCase) -> Vec<String> {
    case.page.eval("[...document.querySelectorAll('#clauses .clause')].map(chip => `${chip.dataset.state} ${chip.dataset.clause}`)").unwrap()
}

#[test]
fn a_click_on_a_value_changes_text_chips_counts_and_table_alike() {
    let Some(case) = opened() else { return };
    let page = &case.page;
    assert!(page.text("#clauses").unwrap().starts_with("No filter"));
    let (denied, error) = (value("result", "denied"), value("result", "error"));
    let (denials, errors) = (count(&case, &denied), count(&case, &error));
    assert!(denials > 0 && errors > 0);
    assert!(page.text(&denied).unwrap().contains('⊘'), "a mark beside the colour");
    page.click(format!("{denied} .pick").as_str()).unwrap();
    case.shows(denials);
    typed(&case, "result: denied");
    assert_eq!(chips(&case), ["enabled result: denied"]);
    stands(&case, &denied, "included", denials);
    // Other values of the same field stay to be added, all other fields are counted under the choice.
    stands(&case, &error, "open", errors);
    page.click(format!("{error} .pick").as_str()).unwrap();
    typed(&case, "result: (denied or error)");
    case.shows(denials + errors);
    stands(&case, &error, "included", errors);
    assert_eq!(chips(&case), ["enabled result: (denied or error)"]);
    let sum: u64 = page
        .eval("[...document.querySelectorAll('#facets [data-field=access] .count')].reduce((sum, count) => sum + Number(count.textContent.replace(/[^0-9]/g, '')), 0)")
        .unwrap();
    assert_eq!(sum, denials + errors, "every event has one access or none");
    // A second click takes it back.
    page.click(format!("{denied} .pick").as_str()).unwrap();
    typed(&case, "result: error");
    case.shows(errors);
    page.click(format!("{error} .pick").as_str()).unwrap();
    typed(&case, "");
    case.shows(2_900);
    // Excluding, by the control and by Alt; excluded values stay in sight.
    page.hover(denied.as_str()).unwrap();
    page.click(format!("{denied} .minus").as_str()).unwrap();
    typed(&case, "not result: denied");
    case.shows(2_900 - denials);
    stands(&case, &denied, "excluded", 0);
    page.click_with(format!("{error} .pick").as_str(), "Alt").unwrap();
    typed(&case, "not result: denied and not result: error");
    case.shows(2_900 - denials - errors);
    page.click("#clear-all").unwrap();
    case.shows(2_900);
    stands(&case, &denied, "open", denials);
}

#[test]
fn looking_for_values_and_for_events_without_any() {
    let Some(case) = opened() else { return };
    let page = &case.page;
    let rows = "document.querySelectorAll('#facets [data-field=action] .value').length";
    let first: u64 = page.eval(rows).unwrap();
    page.click("#facets [data-field=action] .facet-more").unwrap();
    page.wait_for(&format!("{rows} >= {}", first + 20), SOON).unwrap();
    page.click("#facets [data-field=action] .facet-tool").unwrap();
    page.wait_for("document.activeElement.classList.contains('facet-search')", SOON).unwrap();
    page.type_text("TRAIL").unwrap();
    page.wait_for(
        "(() => { const values = [...document.querySelectorAll('#facets [data-field=action] .value')]; \
         return values.length > 0 && values.every(value => /trail/i.test(value.dataset.value)); })()",
        SOON,
    )
    .unwrap();
    page.press("Escape").unwrap();
    page.wait_for(&format!("{rows} >= {}", first + 20), SOON).unwrap();
    // Events without a resource.
    let none = "#facets [data-field=resource] .value:not([data-value])";
    let without = count(&case, none);
    assert!(without > 0 && without < 2_900);
    page.click(format!("{none} .pick").as_str()).unwrap();
    typed(&case, "not resource: *");
    case.shows(without);
    stands(&case, none, "included", without);
    page.click(format!("{none} .minus").as_str()).unwrap();
    typed(&case, "resource: *");
    case.shows(2_900 - without);
}

#[test]
fn chips_are_turned_round_switched_off_and_taken_away() {
    let Some(case) = opened() else { return };
    let page = &case.page;
    case.query("result: denied and access: read");
    let both = case.number("#shown");
    assert_eq!(chips(&case), ["enabled result: denied", "enabled access: read"]);
    let tool = |chip: &str, tool: &str| format!("#clauses [data-clause=\"{chip}\"] .{tool}");
    page.hover("#clauses [data-clause=\"access: read\"]").unwrap();
    page.click(tool("access: read", "invert").as_str()).unwrap();
    typed(&case, "result: denied and not access: read");
    case.settled();
    let others = case.number("#shown");
    assert!(page.text("#clauses .negated").unwrap().starts_with("not"));
    page.click(tool("not access: read", "switch").as_str()).unwrap();
    typed(&case, "result: denied");
    assert_eq!(chips(&case), ["enabled result: denied", "disabled not access: read"]);
    case.shows(both + others);
    page.click(tool("not access: read", "switch").as_str()).unwrap();
    typed(&case, "result: denied and not access: read");
    case.shows(others);
    // The text of a chip leads to its place in the box.
    page.click(tool("not access: read", "clause-text").as_str()).unwrap();
    let selected: String = page
        .eval("(() => { const box = document.activeElement; return box.value.slice(box.selectionStart, box.selectionEnd); })()")
        .unwrap();
    assert_eq!(selected, "not access: read");
    page.hover("#clauses [data-clause=\"result: denied\"]").unwrap();
    page.click(tool("result: denied", "remove").as_str()).unwrap();
    typed(&case, "not access: read");
    case.settled();
    // What is no query yet takes no chip away.
    case.query("not access: read and (");
    assert_eq!(chips(&case), ["enabled not access: read"]);
}

#[test]
fn a_field_is_added_from_the_list_of_all() {
    let Some(case) = opened() else { return };
    let page = &case.page;
    page.click("#add-field").unwrap();
    page.wait_for("document.querySelectorAll('#paths-list .path-row').length > 100", SOON).unwrap();
    page.type_text("bucketname").unwrap();
    let row = "#paths-list [data-path=\"requestParameters.bucketName\"]";
    page.wait_for("document.querySelectorAll('#paths-list .path-row').length < 20", SOON).unwrap();
    let events = case.number(&format!("{row} .path-count"));
    assert!(events > 0 && events < 2_900);
    page.click(format!("{row} .path-uses button").as_str()).unwrap();
    page.wait_for(&format!("document.querySelector('{row} .path-uses button').ariaPressed === 'true'"), SOON).unwrap();
    page.click(format!("{row} .path-pick").as_str()).unwrap();
    let facet = "#facets [data-field=\"requestParameters.bucketName\"]";
    page.wait_for(&format!("document.querySelectorAll('{facet} .value').length > 1"), SOON).unwrap();
    assert!(!page.eval::<bool>("document.querySelector('#paths').open").unwrap());
    let none = count(&case, &format!("{facet} .value:not([data-value])"));
    assert_eq!(none, 2_900 - events);
    case.query("requestParameters.bucketName: *");
    case.shows(events);
    page.hover(facet).unwrap();
    page.click(format!("{facet} .facet-remove").as_str()).unwrap();
    page.wait_for(&format!("!document.querySelector('{facet}')"), SOON).unwrap();
}

#[test]
fn by_keyboard_alone() {
    let Some(case) = opened() else { return };
    let page = &case.page;
    page.focus("#toggle-facets").unwrap();
    let at = |css: &str| page.eval::<bool>(&format!("document.activeElement.matches('{css}')")).unwrap();
    let mut steps = 0;
    while !at("#facets .pick") {
        page.press("Tab").unwrap();
        steps += 1;
        assert!(steps < 30, "no value is reached by Tab");
    }
    page.press("ArrowDown").unwrap();
    let second: String = page.eval("document.activeElement.closest('.value').dataset.value").unwrap();
    let events: u64 =
        page.eval("Number(document.activeElement.querySelector('.count').textContent.replace(/[^0-9]/g, ''))").unwrap();
    page.press("Enter").unwrap();
    case.shows(events);
    // Its row is elsewhere now, and still has the focus.
    page.wait_for(
        &format!("document.activeElement.closest('.value')?.dataset.value === {second:?} && document.activeElement.ariaPressed === 'true'"),
        SOON,
    )
    .unwrap();
    page.focus("#toggle-facets").unwrap();
    page.press("Enter").unwrap();
    page.wait_for("!document.querySelector('#facets')", SOON).unwrap();
    page.press("Enter").unwrap();
    page.wait_for("document.querySelectorAll('#facets .value[data-standing=included]').length === 1", SOON).unwrap();
}
