//! A project's environment variables. A value goes in and never comes out but to a runner.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::variable::{VariableName, check_value};
use rondo_domain::{MaskedVariable, Permission, Project, SecretValue};

use crate::refusal::Refusal;
use crate::{App, Ctx};

impl App {
    /// A project's variables, masked, by name.
    ///
    /// # Errors
    /// If the principal may not read its settings.
    pub async fn variables(
        &self,
        ctx: &Ctx,
        project: &Project,
    ) -> Result<Vec<MaskedVariable>, Refusal> {
        ctx.require(Permission::ReadSettings)?;
        Ok(self.store.read().await?.variables(project.id).await?)
    }

    /// One variable, masked.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none of this name.
    pub async fn variable(
        &self,
        ctx: &Ctx,
        project: &Project,
        name: &VariableName,
    ) -> Result<MaskedVariable, Refusal> {
        ctx.require(Permission::ReadSettings)?;
        let variable = self.store.read().await?.variable(project.id, name).await?;
        variable.ok_or_else(|| Refusal::Missing("env var", name.to_string()))
    }

    /// Sets a variable, in place of one of the same name; what people see of it.
    ///
    /// # Errors
    /// If the principal may not change the project's settings, or the value is too large.
    pub async fn set_variable(
        &self,
        ctx: &Ctx,
        project: &Project,
        name: &VariableName,
        value: SecretValue,
    ) -> Result<MaskedVariable, Refusal> {
        ctx.require(Permission::WriteSettings)?;
        check_value(name, value.expose())?;
        let nonce = self.world.entropy();
        let (id, at, value, seal) = (project.id, ctx.at, &value, &self.seal);
        let (by, entry) = (&ctx.by(), &Entry::new(Event::VariableSet, id).with(name).of(id));
        self.store
            .write(|mut tx| async move {
                tx.set_variable(id, name, value, (seal, nonce), at).await?;
                tx.commit(by, entry.clone()).await
            })
            .await
            .map_err(Refusal::from)?;
        Ok(MaskedVariable { name: name.to_string(), mask: value.mask(), created_at: at })
    }

    /// Deletes a variable.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none of this name.
    pub async fn delete_variable(
        &self,
        ctx: &Ctx,
        project: &Project,
        name: &VariableName,
    ) -> Result<(), Refusal> {
        ctx.require(Permission::WriteSettings)?;
        let id = project.id;
        let (by, entry) = (&ctx.by(), &Entry::new(Event::VariableDelete, id).with(name).of(id));
        self.store
            .write(|mut tx| async move {
                if !tx.delete_variable(id, name).await? {
                    return Err(Refusal::Missing("env var", name.to_string()));
                }
                Ok(tx.commit(by, entry.clone()).await?)
            })
            .await
    }
}
