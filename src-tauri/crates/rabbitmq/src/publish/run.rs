//! One call of [`Broker::publish`]: what is in flight, what was confirmed, and what every message
//! that follows would meet, too.

use std::collections::VecDeque;
use std::time::Duration;

use connections::access::Publish;
use connections::{Code, Failure, Grant};
use lapin::message::BasicReturnMessage;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{BasicProperties, Channel, Confirmation, ExchangeKind, PublisherConfirm};
use message::Octets;
use message::delivery::Properties;
use tokio::time::timeout;

use super::failure::{not_sent, object, one_of_several, refused, uncertain, unroutable, unsent};
use super::returned::{Attributed, Sent, attribute};
use super::{Confirmed, OutgoingMessage};
use crate::Broker;
use crate::broker::close_quietly;
use crate::link::{Link, LinkState, within};
use crate::properties::{encoded_len, short, to_lapin};
use crate::verdict;

/// Messages in flight.
const WINDOW: usize = 256;
/// Bytes of bodies in flight; a larger body travels alone.
const WINDOW_BYTES: usize = 4 * 1024 * 1024;
/// No broker is set to refuse messages of so few bytes for their size.
const SMALL: usize = 16 * 1024;
/// For writing one message, and for its confirmation.
const PATIENCE: Duration = Duration::from_secs(20);
/// For either, once the broker said that it blocks publishers: it may be over in a moment.
const BLOCKED_PATIENCE: Duration = Duration::from_secs(3);
/// An exchange of this type returns every mandatory message and delivers it later all the same.
const DELAYED: &str = "x-delayed-message";

/// One call of [`Broker::publish`].
pub(super) struct Run<'a> {
    broker: &'a Broker,
    link: std::sync::Arc<Link>,
    channel: Channel,
    exchange: ShortString,
    in_flight: VecDeque<InFlight>,
    bytes_in_flight: usize,
    /// Whether a confirmation did not come in time. The others are then not waited for.
    overdue: bool,
    /// Whether a write was given up, which the library may not have done yet.
    given_up: bool,
    /// What every following message would meet, too.
    hopeless: Option<Failure>,
    results: Vec<Option<Result<Confirmed, Failure>>>,
    returned: Vec<BasicReturnMessage>,
    /// What was sent and confirmed, to tell which of them was returned.
    confirmed: Vec<Sent>,
    /// What was sent and may have been confirmed: it may have been returned as well.
    unsure: Vec<Sent>,
    /// The largest body that was confirmed.
    proven: usize,
}

struct InFlight {
    sent: Sent,
    /// Nothing else was in flight with it.
    alone: bool,
    /// There is something about it that may be refused, unlike others.
    suspect: bool,
    confirm: PublisherConfirm,
}

impl<'a> Run<'a> {
    pub(super) async fn begin(
        broker: &'a Broker,
        exchange: &str,
        count: usize,
    ) -> Result<Self, Failure> {
        let name = short(exchange, "the exchange's name")?;
        let link = broker.publishing().await?;
        if !exchange.is_empty() {
            exists(&link, name.clone(), &object(exchange)).await?;
        }
        let channel = confirming(&link).await?;
        Ok(Run {
            broker,
            link,
            channel,
            exchange: name,
            in_flight: VecDeque::new(),
            bytes_in_flight: 0,
            overdue: false,
            given_up: false,
            hopeless: None,
            results: vec![None; count],
            returned: Vec::new(),
            confirmed: Vec::new(),
            unsure: Vec::new(),
            proven: 0,
        })
    }

    /// Sends one message. An error is for those that follow, which are then not sent.
    pub(super) async fn send(
        &mut self,
        grant: &Grant<Publish>,
        index: usize,
        message: OutgoingMessage,
    ) -> Result<(), Failure> {
        let OutgoingMessage { routing_key, mut properties, body } = message;
        properties.delivery_mode.get_or_insert(2);
        let prepared = short(&routing_key, "the routing key")
            .and_then(|key| Ok((key, self.prepare(&properties)?)));
        let (routing_key, lapin) = match prepared {
            Ok(prepared) => prepared,
            Err(failure) => {
                self.set(index, Err(failure));
                return Ok(());
            }
        };
        let suspect = body.len() > self.proven.max(SMALL)
            || properties.user_id.as_deref().is_some_and(|user| Some(user) != self.broker.user());
        let alone = suspect || self.confirmed.is_empty();
        let room = WINDOW_BYTES.saturating_sub(body.len());
        while !self.in_flight.is_empty()
            && (alone || self.in_flight.len() >= WINDOW || self.bytes_in_flight > room)
        {
            self.settle_one().await;
        }
        let confirm = match self.write(grant, &routing_key, &lapin, &body).await {
            Ok(confirm) => confirm,
            Err(failure) => {
                self.set(index, Err(failure.clone()));
                return Err(self.hopeless.clone().unwrap_or_else(|| unsent(failure)));
            }
        };
        self.bytes_in_flight += body.len();
        let sent = Sent { index, routing_key, properties: lapin, body };
        self.in_flight.push_back(InFlight { sent, alone, suspect, confirm });
        if alone {
            self.settle().await;
        }
        Ok(())
    }

    /// Writes one message, again where the channel had been closed by one before it: what was not
    /// written to its end, the broker cannot have taken.
    async fn write(
        &mut self,
        grant: &Grant<Publish>,
        routing_key: &ShortString,
        properties: &BasicProperties,
        body: &Octets,
    ) -> Result<PublisherConfirm, Failure> {
        loop {
            if !self.channel.status().connected() {
                // The fate of those in flight is told by their confirmations.
                self.settle().await;
            }
            if let Some(failure) = &self.hopeless {
                return Err(failure.clone());
            }
            if !self.channel.status().connected() {
                self.channel = confirming(&self.link).await.map_err(unsent)?;
            }
            // After everything that could take a while.
            grant.check(self.broker.profile())?;
            let publish = self.channel.basic_publish(
                self.exchange.clone(),
                routing_key.clone(),
                BasicPublishOptions { mandatory: true, immediate: false },
                body.as_slice(),
                properties.clone(),
            );
            match self.in_time(publish).await {
                Some(Ok(confirm)) => return Ok(confirm),
                Some(Err(error)) if self.channel.status().connected() => {
                    return Err(verdict::operation(&error, &object(self.exchange.as_str())));
                }
                Some(Err(_)) => {}
                None => {
                    self.overdue = true;
                    self.given_up = true;
                    self.hopeless.get_or_insert(Failure::new(
                        Code::Unreachable,
                        "not sent, because the broker does not take the messages before it",
                    ));
                    return Err(self.stuck());
                }
            }
        }
    }

    fn prepare(&self, properties: &Properties) -> Result<BasicProperties, Failure> {
        let lapin = to_lapin(properties)?;
        let frame = self.link.frame_max();
        // Type, channel, size and end of a frame.
        if frame > 0 && encoded_len(properties) + 8 > frame {
            return Err(Failure::new(
                Code::TooLarge,
                format!("the headers of a message are larger than the {frame} bytes of a frame"),
            )
            .hint("remove headers, or raise frame_max on the broker"));
        }
        Ok(lapin)
    }

    /// Waits for the confirmations of everything in flight.
    async fn settle(&mut self) {
        while !self.in_flight.is_empty() {
            self.settle_one().await;
        }
    }

    async fn settle_one(&mut self) {
        let Some(InFlight { sent, alone, suspect, confirm }) = self.in_flight.pop_front() else {
            return;
        };
        self.bytes_in_flight -= sent.body.len();
        let confirmed = if self.overdue {
            // Only looks whether it is there.
            timeout(Duration::ZERO, confirm).await.ok()
        } else {
            self.in_time(confirm).await
        };
        let result = match confirmed {
            Some(Ok(Confirmation::Ack(returned))) => {
                self.returned.extend(returned);
                Ok(Confirmed { later: false })
            }
            Some(Ok(Confirmation::Nack(returned))) => {
                self.returned.extend(returned);
                Err(refused(self.exchange.as_str()))
            }
            Some(Ok(Confirmation::NotRequested)) => {
                Err(Failure::new(Code::Internal, "the broker was not asked for confirmations"))
            }
            Some(Err(error)) => {
                let failure = verdict::operation(&error, &object(self.exchange.as_str()));
                Err(self.judge(failure, alone, suspect))
            }
            None => {
                self.overdue = true;
                self.hopeless.get_or_insert(Failure::new(
                    Code::Unreachable,
                    "not sent, because the broker does not confirm the messages before it",
                ));
                Err(self.stuck())
            }
        };
        let index = sent.index;
        match &result {
            Ok(_) => {
                self.proven = self.proven.max(sent.body.len());
                self.confirmed.push(sent);
            }
            Err(failure)
                if matches!(
                    failure.code,
                    Code::ConnectionLost | Code::Timeout | Code::PartlyRefused
                ) =>
            {
                self.unsure.push(sent);
            }
            Err(_) => {}
        }
        self.set(index, result);
    }

    /// A channel that closed says what was refused, not which message. That is certain for one
    /// that was alone; and if there is nothing special about it, the others need not be tried.
    fn judge(&mut self, failure: Failure, alone: bool, suspect: bool) -> Failure {
        let of_all = match failure.code {
            // Smaller ones may well pass.
            Code::TooLarge => false,
            Code::NotFound | Code::Authorization => true,
            _ => alone && !suspect,
        };
        if of_all {
            self.hopeless = Some(not_sent(&failure));
        }
        if alone && failure.code != Code::ConnectionLost { failure } else { uncertain(&failure) }
    }

    /// What came of it; `None` where nothing came in time.
    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut state = self.link.state();
        let blocked = async {
            // Only whether it failed: the state itself is a lock, not to be held while waiting.
            let gone =
                state.wait_for(|state| matches!(state, LinkState::Blocked(_))).await.is_err();
            if gone {
                // The link is gone, and says so to the work itself.
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(BLOCKED_PATIENCE).await;
        };
        tokio::select! {
            biased;
            done = work => Some(done),
            () = blocked => None,
            () = tokio::time::sleep(PATIENCE) => None,
        }
    }

    fn stuck(&self) -> Failure {
        match &*self.link.state().borrow() {
            LinkState::Blocked(reason) => Failure::new(
                Code::Timeout,
                format!("the broker blocks publishers ({reason}); the message may arrive later"),
            )
            .hint("free memory or disk on the broker, then look for it before sending it again"),
            LinkState::Lost(failure) => uncertain(failure),
            LinkState::Up => Failure::new(
                Code::Timeout,
                "the broker did not confirm the message in time; it may have arrived or not",
            )
            .hint("look for it at the target before sending it again"),
        }
    }

    fn set(&mut self, index: usize, result: Result<Confirmed, Failure>) {
        if let Some(slot) = self.results.get_mut(index) {
            *slot = Some(result);
        }
    }

    /// These were not sent.
    pub(super) fn refuse_from(&mut self, first: usize, failure: &Failure) {
        for slot in self.results.iter_mut().skip(first) {
            slot.get_or_insert_with(|| Err(failure.clone()));
        }
    }

    /// Waits for the last confirmations and gives the results, in the order of the messages.
    pub(super) async fn finish(mut self) -> Vec<Result<Confirmed, Failure>> {
        self.settle().await;
        if self.given_up {
            self.link.cut();
        }
        if *self.link.state().borrow() == LinkState::Up {
            close_quietly(&self.channel).await;
        }
        if !self.returned.is_empty() {
            let later = self.delays().await;
            let Attributed { returned, doubtful } =
                attribute(&self.returned, &self.confirmed, &self.unsure);
            for (index, routing_key) in returned {
                let result = if later {
                    Ok(Confirmed { later })
                } else {
                    Err(unroutable(self.exchange.as_str(), routing_key.as_str()))
                };
                self.set(index, result);
            }
            for index in doubtful {
                let result = if later { Ok(Confirmed { later }) } else { Err(one_of_several()) };
                self.set(index, result);
            }
        }
        let unknown = || Err(Failure::new(Code::Internal, "the message was not sent"));
        self.results.into_iter().map(|result| result.unwrap_or_else(unknown)).collect()
    }

    /// Whether the exchange delivers later what it returns now. Unknown counts as no: the caller
    /// is then told of a message that did not arrive, rather than of one that did.
    async fn delays(&self) -> bool {
        let Ok(management) = self.broker.management() else {
            return false;
        };
        management.exchange(self.exchange.as_str()).await.is_ok_and(|facts| facts.kind == DELAYED)
    }
}

async fn confirming(link: &Link) -> Result<Channel, Failure> {
    let channel = link.channel().await?;
    within("the connection", channel.confirm_select(ConfirmSelectOptions::default())).await?;
    Ok(channel)
}

/// A passive declaration: changes nothing, needs no permission, and says whether it is there.
async fn exists(link: &Link, exchange: ShortString, object: &str) -> Result<(), Failure> {
    let channel = link.channel().await?;
    let options = ExchangeDeclareOptions { passive: true, ..Default::default() };
    let declare = channel.exchange_declare(
        exchange,
        // Not looked at in a passive declaration.
        ExchangeKind::Direct,
        options,
        FieldTable::default(),
    );
    let result = within(object, declare).await;
    close_quietly(&channel).await;
    result
}
