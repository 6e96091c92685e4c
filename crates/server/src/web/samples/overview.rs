//! Samples of the first page of a project's settings.

use super::Maker;
use crate::web::overview::{self, Overview};
use crate::web::path::Project;

impl Maker<'_> {
    pub(super) fn overviews(&mut self, project: &Project) {
        let chrome = self.chrome();
        let view = Overview {
            project: project.clone(),
            git_url: self.say("https://github.com/acme/web.git"),
            default_branch: self.say("main"),
            public: false,
            takes_triggers: true,
            may_change: true,
        };
        self.keep("overview", overview::page(&chrome, &view));
        let view = Overview { takes_triggers: false, ..view };
        self.keep("overview-paused", overview::page(&chrome, &view));
    }
}
