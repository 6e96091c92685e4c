//! What was just done, told once on the next page. It travels as a word in a cookie that lives for
//! seconds; words of people never do.

use crate::web::chrome::Notice;
use crate::web::text::Text;

macro_rules! done {
    ($($(#[$doc:meta])* $name:ident => $word:literal, $page:ident . $sentence:ident;)*) => {
        /// Something that was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Done {
            $($(#[$doc])* $name,)*
        }

        impl Done {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name),*];

            /// Its word in the cookie.
            pub(super) fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What a word stands for.
            pub(super) fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)* _ => None }
            }

            fn sentence(self, text: &Text) -> &'static str {
                match self { $(Self::$name => text.$page.$sentence,)* }
            }
        }
    };
}

done! {
    ProjectAdded => "project-added", projects.added;
    ProjectSaved => "project-saved", overview.saved;
    TriggersStopped => "triggers-stopped", overview.stopped;
    TriggersResumed => "triggers-resumed", overview.resumed;
    Triggered => "triggered", builds.triggered;
    Retried => "retried", build.retried;
    Canceled => "canceled", build.canceled;
    TokenRemoved => "token-removed", tokens.removed;
    TokenMadeBefore => "token-made-before", tokens.made_before;
    TokenDisabled => "token-disabled", narrowing.was_disabled;
    RotationUndone => "rotation-undone", token.was_undone;
    TokenShortened => "token-shortened", token.was_shortened;
    TokenEnabled => "token-enabled", narrowing.was_enabled;
    PolicySaved => "policy-saved", policy.saved;
    TokenApproved => "token-approved", policy.was_approved;
    TokenRefused => "token-refused", policy.was_refused;
    ServiceMade => "service-made", service.added;
    ServiceRenamed => "service-renamed", service.renamed;
    CeilingSaved => "ceiling-saved", service.ceiling_saved;
    ContactsSaved => "contacts-saved", service.contacts_saved;
    ServiceDisabled => "service-disabled", service.was_disabled;
    ServiceEnabled => "service-enabled", service.was_enabled;
    ServiceRemoved => "service-removed", service.removed;
    TokensRevoked => "tokens-revoked", finding.revoked;
    VariableSaved => "variable-saved", variables.added;
    VariableRemoved => "variable-removed", variables.removed;
    CheckoutKeyMade => "checkout-key-made", ssh.made;
    SshKeyAdded => "ssh-key-added", ssh.added;
    SshKeyRemoved => "ssh-key-removed", ssh.removed;
    HostMet => "host-met", ssh.met;
    SessionEnded => "session-ended", account.ended;
    EmailSaved => "email-saved", account.email_saved;
    EmailRemoved => "email-removed", account.email_removed;
    PasswordChanged => "password-changed", account.changed;
    SignedOut => "signed-out", account.signed_out;
    Nothing => "nothing", account.nothing_done;
}

impl Done {
    /// The cookie's name.
    pub(super) const COOKIE: &str = "rondo-done";

    /// What the next page says.
    pub(super) fn notice(self, text: &Text) -> Notice {
        let is_care = matches!(self, Self::Nothing | Self::TokenMadeBefore);
        Notice { says: self.sentence(text).to_owned(), is_care }
    }
}

#[cfg(test)]
mod tests {
    use super::Done;

    #[test]
    fn every_deed_is_found_by_its_word() {
        for done in Done::ALL {
            assert_eq!(Done::from_word(done.word()), Some(*done));
        }
        assert_eq!(Done::from_word("<script>"), None);
    }
}
