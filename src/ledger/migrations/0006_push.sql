-- A way out more: files on an SFTP server of a partner or of ours.
ALTER TABLE delivery DROP CONSTRAINT delivery_way_check;
ALTER TABLE delivery ADD CONSTRAINT delivery_way_check
    CHECK (way IN ('http', 'directory', 'post', 'outbox', 'as2', 'receipt', 'sftp')) NOT VALID;
