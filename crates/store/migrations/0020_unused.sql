-- Tokens that a policy deletes since nobody uses them are told of as those are that an order deletes: a row of
-- `revocation` holds them together, with whose policy it is and after how many days. Nothing is deleted by such
-- a row: its tokens are deleted one by one, and the row must never count as an order. Who is told is settled
-- when its last token is deleted, or from `waits_until` on, if nobody said that it was the last one.
alter table revocation add column organization_id text check (organization_id is null or swept = 1);
alter table revocation add column idle_days bigint;
alter table revocation add column waits_until bigint;
