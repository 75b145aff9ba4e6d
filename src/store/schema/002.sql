-- 002: what replicas tell each other.

-- The last changes by version; older ones are dropped.
CREATE TABLE changes (
    version {integer} PRIMARY KEY NOT NULL,
    what TEXT NOT NULL
);
CREATE TABLE leases (
    name {key} PRIMARY KEY NOT NULL,
    holder TEXT NOT NULL,
    held_until {integer} NOT NULL
);
