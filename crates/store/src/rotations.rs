//! Rotations that are not over: which token replaces which. A token stands in one of them at most, and
//! the row goes when the predecessor does: whose end has begun does not come back by deleting another.

use rondo_domain::Millis;
use rondo_domain::token::{Digest, Overlap, Rotation, TokenId};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

/// What a lost answer can be made again from, for minutes.
#[derive(Clone, Copy)]
pub struct Promise {
    /// Of the key that the caller named.
    pub key: Digest,
    /// What the successor's value is derived from, with a key outside the database.
    pub nonce: [u8; 32],
}

fn rotation(row: &Row) -> Result<Rotation, Error> {
    let overlap = Overlap::new(row.int("grace")?, row.int("longest")?);
    Ok(Rotation {
        predecessor: row.parsed("predecessor")?,
        successor: row.parsed("successor")?,
        begun_at: row.time("begun_at")?,
        overlap: overlap.map_err(|_| Error::Corrupt("overlap"))?,
        taken_up_at: row.time_or_none("taken_up_at")?,
    })
}

/// The rotation that stands in a row beside a token.
pub(crate) fn rotation_or_none(row: &Row) -> Result<Option<Rotation>, Error> {
    row.text_or_none("predecessor")?.map(|_| rotation(row)).transpose()
}

fn bytes(row: &Row, column: &'static str) -> Result<Option<[u8; 32]>, Error> {
    let Some(bytes) = row.bytes_or_none(column)? else { return Ok(None) };
    bytes.try_into().map(Some).map_err(|_| Error::Corrupt(column))
}

impl Tx {
    /// The rotation that a token stands in, on either side.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn rotation_of(&mut self, id: TokenId) -> Result<Option<Rotation>, Error> {
        let sql = "select * from rotation where predecessor = $1 or successor = $1";
        let row = self.row(sqlx::query(sql).bind(id.to_string())).await?;
        row.as_ref().map(rotation).transpose()
    }

    /// All rotations.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn rotations(&mut self) -> Result<Vec<Rotation>, Error> {
        let sql = "select * from rotation order by begun_at, predecessor";
        self.rows(sqlx::query(sql)).await?.iter().map(rotation).collect()
    }

    /// What a rotation's answer can be made again from, if it still can.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn promise(&mut self, predecessor: TokenId) -> Result<Option<Promise>, Error> {
        let sql = "select key_digest, nonce from rotation where predecessor = $1";
        let Some(row) = self.row(sqlx::query(sql).bind(predecessor.to_string())).await? else {
            return Ok(None);
        };
        let (key, nonce) = (bytes(&row, "key_digest")?, bytes(&row, "nonce")?);
        Ok(key.zip(nonce).map(|(key, nonce)| Promise { key: Digest::from_stored(key), nonce }))
    }

    /// Whether an answer to a rotation that began before a moment could be made again.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn has_promises(&mut self, before: Millis) -> Result<bool, Error> {
        let sql = "select 1 as one from rotation where nonce is not null and begun_at < $1";
        Ok(self.row(sqlx::query(sql).bind(before.0)).await?.is_some())
    }
}

impl WriteTx {
    /// Begins a rotation.
    ///
    /// # Errors
    /// [`Error::Exists`] if the predecessor has a successor already.
    pub async fn insert_rotation(
        &mut self,
        new: &Rotation,
        promise: Option<&Promise>,
    ) -> Result<(), Error> {
        let sql = "insert into rotation (predecessor, successor, begun_at, grace, longest, \
                   taken_up_at, key_digest, nonce) values ($1, $2, $3, $4, $5, $6, $7, $8)";
        self.run(
            sqlx::query(sql)
                .bind(new.predecessor.to_string())
                .bind(new.successor.to_string())
                .bind(new.begun_at.0)
                .bind(new.overlap.grace())
                .bind(new.overlap.longest())
                .bind(new.taken_up_at.map(|at| at.0))
                .bind(promise.map(|promise| promise.key.as_bytes().to_vec()))
                .bind(promise.map(|promise| promise.nonce.to_vec())),
        )
        .await
        .map(drop)
    }

    /// Notes the first use of a successor; whether this was it.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn take_up(&mut self, successor: TokenId, at: Millis) -> Result<bool, Error> {
        let sql =
            "update rotation set taken_up_at = $2 where successor = $1 and taken_up_at is null";
        Ok(self.run(sqlx::query(sql).bind(successor.to_string()).bind(at.0)).await? > 0)
    }

    /// Forgets the rotation by which a token is on its way out.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_rotation(&mut self, predecessor: TokenId) -> Result<(), Error> {
        let sql = "delete from rotation where predecessor = $1";
        self.run(sqlx::query(sql).bind(predecessor.to_string())).await.map(drop)
    }

    /// Forgets what answers to rotations that began before a moment could be made again from.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn forget_promises(&mut self, before: Millis) -> Result<u64, Error> {
        let sql = "update rotation set key_digest = null, nonce = null \
                   where nonce is not null and begun_at < $1";
        self.run(sqlx::query(sql).bind(before.0)).await
    }
}
