//! A person who is signed in, as a browser would be: a cookie, and the word that forms carry.

use reqwest::{Method, RequestBuilder, Response};

use crate::harness::{PASSWORD, Server, client};

/// A session of a page.
#[derive(Clone)]
pub(crate) struct Session {
    /// The whole `Cookie` header.
    pub(crate) cookie: String,
    /// What every form must carry.
    pub(crate) word: String,
}

impl Session {
    /// Signs in through the page, with [`PASSWORD`].
    pub(crate) async fn begin(server: &Server, name: &str) -> Self {
        let fields = [("name", name), ("password", PASSWORD)];
        let request = client().post(format!("{}/login", server.url));
        let answer = request.header("origin", &server.url).form(&fields).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 303, "signing in as {name}");
        Self::of(server, &answer).await
    }

    /// The one that begins with this answer.
    pub(crate) async fn of(server: &Server, answer: &Response) -> Self {
        let cookies = answer.headers().get_all("set-cookie").into_iter();
        let mut pairs = cookies.map(|c| c.to_str().unwrap().split(';').next().unwrap());
        let cookie = pairs.find(|pair| pair.starts_with("rondo-session=")).unwrap().to_owned();
        let mut session = Self { cookie, word: String::new() };
        let home = session.request(server, Method::GET, "/").send().await.unwrap();
        session.word = between(&home.text().await.unwrap(), "name=\"csrf\" value=\"", "\"");
        session
    }

    /// A request as a browser sends it from one of the server's own pages.
    pub(crate) fn request(&self, server: &Server, method: Method, path: &str) -> RequestBuilder {
        let request = server.request(method, path).header("cookie", &self.cookie);
        request.header("origin", &server.url)
    }

    /// The value alone.
    pub(crate) fn value(&self) -> &str {
        self.cookie.split_once('=').unwrap().1
    }
}

/// The text between two others.
pub(crate) fn between(text: &str, before: &str, after: &str) -> String {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before:?} in {text}"));
    rest.split_once(after).unwrap().0.to_owned()
}
