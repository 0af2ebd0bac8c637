//! A valid message of any kind that is shipped: made from its schema, with the fewest segments, or with every one once.
