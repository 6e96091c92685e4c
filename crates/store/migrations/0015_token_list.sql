-- Tokens of a whole organization are listed from the newest on, a page at a time.
create index token_created on token (created_at, id);
