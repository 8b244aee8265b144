//! The sample case, which lies beside the page: the one thing that is fetched after the page has loaded, from where the page
//! came from, and only when a person asks for it.

use super::workers::beside;
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, Response};

/// Its name beside the page, and as a file of the case.
const NAME: &str = "sample.zip";

/// Fetches the sample case, or says in a sentence why that did not work.
pub async fn fetch_sample() -> Result<File, String> {
    let unheard = || "The sample case could not be fetched: this site does not answer.".to_owned();
    let (window, address) = web_sys::window().zip(beside(NAME)).ok_or_else(unheard)?;
    let response = JsFuture::from(window.fetch_with_str(&address)).await.map_err(|_| unheard())?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        return Err(format!("There is no sample case beside this page (the site says {}).", response.status()));
    }
    let body = response.blob().map_err(|_| unheard())?;
    let broken = || "The sample case could not be fetched: the connection broke off.".to_owned();
    let body: Blob = JsFuture::from(body).await.map_err(|_| broken())?.unchecked_into();
    File::new_with_blob_sequence(&Array::of1(&body), NAME).map_err(|_| broken())
}
