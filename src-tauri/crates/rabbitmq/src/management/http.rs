//! One request to the management API, with every way it can fail.

use std::error::Error;

use connections::{Code, Failure};
use reqwest::{Response, StatusCode, header};
use serde_json::Value;

use super::Management;
use crate::verdict;

/// More than any page of 500 queues, or the bindings of a busy exchange.
const LARGEST_ANSWER: usize = 32 * 1024 * 1024;

impl Management {
    /// Why the login was refused, where it was. Nothing is asked any more then.
    pub(crate) fn refused(&self) -> Option<Failure> {
        self.refused.get().cloned()
    }

    /// Asks for JSON.
    pub(super) async fn get(&self, path: &str, object: &str) -> Result<Value, Failure> {
        if let Some(refusal) = self.refused.get() {
            return Err(refusal.clone());
        }
        let mut response = self.ask(path).await?;
        // Two lists that are asked for at once may both start the cache behind them, and RabbitMQ
        // 3.10 answers the later one with a crash (`already_started` in rabbit_mgmt_db_cache). Asked
        // again, it finds the cache; and reading twice does no harm.
        if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
            response = self.ask(path).await?;
        }
        let status = response.status();
        let is_json = response
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("json"));
        let body = self.body(response).await?;
        // Not what it says it is: RabbitMQ's answers, errors too, are JSON.
        let answer = is_json.then(|| serde_json::from_slice::<Value>(&body).ok()).flatten();
        match (status, answer) {
            (StatusCode::OK, Some(answer)) => Ok(answer),
            (StatusCode::OK, None) => Err(self.foreign()),
            (status, answer) => Err(self.refusal(status, answer.as_ref(), object)),
        }
    }

    async fn ask(&self, path: &str) -> Result<Response, Failure> {
        let request = self.http.get(path).ok_or_else(|| {
            Failure::new(Code::Invalid, "the management URL cannot be used")
                .hint("it looks like https://host:15671")
        })?;
        request.send().await.map_err(|error| self.failed(&error))
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| self.failed(&error))? {
            if body.len() + piece.len() > LARGEST_ANSWER {
                return Err(Failure::new(
                    Code::TooLarge,
                    format!("the answer of {} is larger than 32 MB", self.http.place()),
                )
                .hint("ask for less: filter by name"));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// What answers is not the management API.
    pub(super) fn foreign(&self) -> Failure {
        Failure::new(
            Code::NotABroker,
            format!("{} answers, but not as RabbitMQ's management API", self.http.place()),
        )
        .hint("check the management URL: the port is usually 15672, or 15671 with TLS")
    }

    fn refusal(&self, status: StatusCode, answer: Option<&Value>, object: &str) -> Failure {
        let word = |name| {
            let text = answer.and_then(|answer| answer.get(name)).and_then(Value::as_str);
            verdict::clean(text.unwrap_or_default())
        };
        let (error, reason) = (word("error"), word("reason"));
        match status {
            StatusCode::UNAUTHORIZED if reason.is_empty() || reason.contains("Login failed") => {
                let refusal = Failure::new(
                    Code::Authentication,
                    format!(
                        "the management API refused the login of {}",
                        verdict::clean(self.http.user())
                    ),
                )
                .hint("check user and password, then open the connection again");
                // Whoever was first has said the same.
                let _ = self.refused.set(refusal.clone());
                refusal
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::new(
                Code::Authorization,
                format!(
                    "{} may not see {object} in the management API",
                    verdict::clean(self.http.user())
                ),
            )
            .hint("the account needs the tag management and access to the virtual host"),
            StatusCode::NOT_FOUND if !error.is_empty() => {
                Failure::new(Code::NotFound, format!("{object} does not exist"))
                    .hint("refresh the list")
            }
            StatusCode::BAD_REQUEST if error == "page_out_of_range" => {
                Failure::new(Code::Changed, "this page does not exist any more")
                    .hint("go back to the first page")
            }
            StatusCode::BAD_REQUEST if answer.is_some() => {
                Failure::new(Code::Invalid, format!("the management API refuses: {reason}"))
            }
            status if status.is_server_error() => Failure::new(
                Code::Refused,
                format!("the management API failed with status {}", status.as_u16()),
            )
            .hint("look into the broker's log, then try again"),
            status if status.is_redirection() => Failure::new(
                Code::NotABroker,
                format!("{} sends elsewhere instead of answering", self.http.place()),
            )
            .hint("a login page or a proxy may be in front: use the API's own address"),
            _ => self.foreign(),
        }
    }

    fn failed(&self, error: &reqwest::Error) -> Failure {
        let place = self.http.place();
        if let Some(error) = tls_cause(error) {
            return verdict::management_tls(&place, error);
        }
        if error.is_timeout() {
            Failure::new(Code::Timeout, format!("the management API at {place} does not answer"))
                .hint("it may be overloaded: try again later")
        } else if error.is_connect() {
            Failure::new(
                Code::Unreachable,
                format!("the management API at {place} cannot be reached"),
            )
            .hint("check the management URL, and that the plugin rabbitmq_management is enabled")
        } else if error.is_body() || error.is_decode() {
            Failure::new(
                Code::ConnectionLost,
                format!("the management API at {place} hung up in its answer"),
            )
            .hint("try again")
        } else {
            self.foreign()
        }
    }
}

fn tls_cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(tls) = error.downcast_ref() {
        return Some(tls);
    }
    // An I/O error passes over what it wraps when asked for its source.
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match wrapped {
        Some(inner) => tls_cause(inner),
        None => tls_cause(error.source()?),
    }
}
