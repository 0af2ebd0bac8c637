-- Business answers timed by dates: an 856 after the shipment and before the arrival, an 810 after the 856; theirs, and ours.

-- 'ours': a business answer that we owe a partner for the document `set_id` of theirs; `message_id` is what it left in.
ALTER TABLE acknowledgement DROP CONSTRAINT acknowledgement_direction_check;
ALTER TABLE acknowledgement ADD CONSTRAINT acknowledgement_direction_check CHECK (direction IN ('owed', 'expected', 'ours')) NOT VALID;
ALTER TABLE acknowledgement DROP CONSTRAINT acknowledgement_check;
ALTER TABLE acknowledgement ADD CONSTRAINT acknowledgement_check CHECK (
    direction = 'owed' AND state IN ('owed', 'generated', 'sent', 'waived')
    OR direction = 'ours' AND state IN ('owed', 'generated', 'sent', 'overdue', 'late_sent', 'waived')
    OR direction = 'expected' AND state IN ('expected', 'received', 'accepted', 'accepted_with_errors', 'partial',
        'rejected', 'overdue', 'late_accepted', 'late_accepted_with_errors', 'late_partial', 'late_rejected', 'waived')) NOT VALID;
-- The terms as the profile has them, {"4h after shipment","before arrival"}: the earliest of them is due. None: `due_in` alone.
ALTER TABLE acknowledgement ADD COLUMN due_terms text[];
-- The warehouse's advice of the one shipment that it is owed for.
ALTER TABLE acknowledgement ADD COLUMN due_shipment uuid;
-- Operators were told that it is due soon.
ALTER TABLE acknowledgement ADD COLUMN due_told boolean NOT NULL DEFAULT false;

-- What a document says of when goods leave and arrive: the first and the last instant that it can mean. A date alone is a whole day by
-- its partner's clock.
ALTER TABLE transaction_set ADD COLUMN ships_from timestamptz;
ALTER TABLE transaction_set ADD COLUMN ships_till timestamptz;
ALTER TABLE transaction_set ADD COLUMN arrives_from timestamptz;
ALTER TABLE transaction_set ADD COLUMN arrives_till timestamptz;
CREATE INDEX thread_member_set ON thread_member (set_id);
-- What was sent anew is looked for by the numbers of its earlier sendings.
CREATE INDEX interchange_reissued ON interchange (reissues) WHERE reissues IS NOT NULL;
