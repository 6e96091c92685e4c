-- What a token is narrowed to when it is made: lists of words with blanks between them; null: not
-- narrowed. Nothing updates these but to shorten a token's life.
alter table token add column rights text;
alter table token add column projects text;
alter table token add column networks text;
alter table token add column expires_at bigint;
alter table token add column disabled_at bigint;
