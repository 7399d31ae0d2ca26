DROP VIEW IF EXISTS digests_current;

DROP TABLE IF EXISTS digest_reached SYNC;

DROP TABLE IF EXISTS digest_figures SYNC;

DROP TABLE IF EXISTS digests SYNC;
