-- 001: items, platforms, records and the audit log.
-- {words} are spelt by each engine its own way: schema_words[] of migrate.c.

-- One row: counters that every writing transaction holds, so that versions come in the order of
-- commits, and limits need no counting.
CREATE TABLE totals (
    id {integer} PRIMARY KEY CHECK (id = 1),
    version {integer} NOT NULL,
    audit {integer} NOT NULL,
    last_platform {integer} NOT NULL,
    items {integer} NOT NULL,
    registered {integer} NOT NULL,
    queued {integer} NOT NULL,
    unavailable {integer} NOT NULL
);
INSERT INTO totals VALUES (1, 0, 0, 0, 0, 0, 0, 0);

-- checksum: checksum.c. Body and chain stand last: a list of heads does not read them.
CREATE TABLE items (
    name {key} PRIMARY KEY NOT NULL,
    source TEXT NOT NULL,
    issue_date {integer} NOT NULL,
    next_update {integer} NOT NULL,
    evaluation_number {integer} NOT NULL,
    fetched {integer} NOT NULL,
    version {integer} NOT NULL,
    checksum {bytes} NOT NULL,
    chain TEXT NOT NULL,
    body {bytes} NOT NULL
);

-- checksum: of the names, FMSPC and CA.
-- tcbm: the certificate's TCB last selected for the raw TCB, else the raw TCB: what plans count.
CREATE TABLE platforms (
    id {integer} PRIMARY KEY NOT NULL,
    qe_id {bytes} NOT NULL,
    pce_id {integer} NOT NULL,
    cpu_svn {bytes} NOT NULL,
    pce_svn {integer} NOT NULL,
    fmspc {bytes} NOT NULL,
    ca {integer} NOT NULL,
    tcbm {bytes} NOT NULL,
    state {integer} NOT NULL,
    registered {integer} NOT NULL,
    updated {integer} NOT NULL,
    encrypted_ppid {bytes} NOT NULL,
    platform_manifest {bytes} NOT NULL,
    checksum {bytes} NOT NULL,
    UNIQUE (qe_id, pce_id)
);
CREATE INDEX platforms_by_tcb ON platforms (fmspc, ca, tcbm, id);
CREATE INDEX platforms_by_fmspc ON platforms (fmspc, id);
CREATE INDEX platforms_by_state ON platforms (state, id);

CREATE TABLE certificates (
    platform {integer} NOT NULL REFERENCES platforms (id) ON DELETE CASCADE,
    tcbm {bytes} NOT NULL,
    checksum {bytes} NOT NULL,
    certificate {bytes} NOT NULL,
    PRIMARY KEY (platform, tcbm)
);

-- A selection counts while its epoch is that of the platform's FMSPC (selection_epochs; none: 0):
-- forgetting those of a million platforms changes one row.
CREATE TABLE selections (
    platform {integer} NOT NULL REFERENCES platforms (id) ON DELETE CASCADE,
    cpu_svn {bytes} NOT NULL,
    pce_svn {integer} NOT NULL,
    tcbm {bytes} NOT NULL,
    epoch {integer} NOT NULL,
    age {integer} NOT NULL,
    checksum {bytes} NOT NULL,
    PRIMARY KEY (platform, cpu_svn, pce_svn)
) {compact};
CREATE TABLE selection_epochs (
    fmspc {bytes} PRIMARY KEY NOT NULL,
    epoch {integer} NOT NULL
) {compact};

CREATE TABLE records (
    kind {key} NOT NULL,
    name {key} NOT NULL,
    updated {integer} NOT NULL,
    version {integer} NOT NULL,
    checksum {bytes} NOT NULL,
    body {bytes} NOT NULL,
    PRIMARY KEY (kind, name)
);

CREATE TABLE audit (
    number {integer} PRIMARY KEY NOT NULL,
    time {integer} NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    request_id TEXT NOT NULL
);
