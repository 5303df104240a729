package dev.foretoken.registry.metadata;

import dev.foretoken.database.Sql;
import dev.foretoken.registry.name.VariantRef;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Jobs and their leases. A change by whoever runs one happens only while that lease is theirs. */
public final class JobTable {
    private static final String SELECT =
            "SELECT id, model, version, parent, name, spec, state, cancel_asked, published, message,"
                    + " stage, done, total, owner, attempt, lease_until, created, started, ended FROM jobs";
    private static final String MINE = " WHERE id = ? AND owner = ? AND attempt = ? AND state = 'running'";

    private final Sql sql;

    JobTable(Sql sql) {
        this.sql = sql;
    }

    /** Queues a job and returns its number. */
    public long add(VariantRef parent, String name, String spec, Instant now) throws SQLException {
        long id = sql.one("SELECT next_job FROM registry_state WHERE id = 1", row -> row.getLong(1))
                .orElseThrow();
        sql.update("UPDATE registry_state SET next_job = ? WHERE id = 1", id + 1);
        sql.update(
                "INSERT INTO jobs (id, model, version, parent, name, spec, state, cancel_asked, published, message, stage, done, total,"
                        + " owner, attempt, lease_until, created)"
                        + " VALUES (?, ?, ?, ?, ?, ?, 'queued', 0, 0, '', '', 0, 0, '', 0, 0, ?)",
                id,
                parent.model(),
                parent.version(),
                parent.variant(),
                name,
                spec,
                now.toEpochMilli());
        return id;
    }

    public Optional<Job> find(long id) throws SQLException {
        return sql.one(SELECT + " WHERE id = ?", JobTable::row, id);
    }

    /** Newest first. */
    public List<Job> newest(int most) throws SQLException {
        return sql.list(SELECT + " ORDER BY id DESC LIMIT ?", JobTable::row, most);
    }

    /** Queued and running ones, oldest first. */
    public List<Job> open() throws SQLException {
        return sql.list(SELECT + " WHERE state IN ('queued', 'running') ORDER BY id", JobTable::row);
    }

    /** Takes the job for {@code owner} unless somebody else has it; an outlived lease is nobody's. */
    public boolean take(Job job, String owner, Instant now, Instant until) throws SQLException {
        return sql.update(
                        "UPDATE jobs SET state = 'running', owner = ?, attempt = attempt + 1, lease_until = ?,"
                                + " started = COALESCE(started, ?) WHERE id = ? AND attempt = ?"
                                + " AND (state = 'queued' OR (state = 'running' AND lease_until < ?))",
                        owner,
                        until.toEpochMilli(),
                        now.toEpochMilli(),
                        job.id(),
                        job.lease().attempt(),
                        now.toEpochMilli())
                == 1;
    }

    /** Prolongs a lease and says how far the job has come; false when the lease is another's. */
    public boolean beat(long id, Job.Lease lease, Job.Progress progress) throws SQLException {
        return sql.update(
                        "UPDATE jobs SET lease_until = ?, stage = ?, done = ?, total = ?" + MINE,
                        lease.until().toEpochMilli(),
                        progress.stage(),
                        progress.done(),
                        progress.total(),
                        id,
                        lease.owner(),
                        lease.attempt())
                == 1;
    }

    /** Notes, with the variant's own row, that the variant is there; false when the lease is another's. */
    public boolean publish(long id, Job.Lease lease) throws SQLException {
        return sql.update("UPDATE jobs SET published = 1" + MINE, id, lease.owner(), lease.attempt()) == 1;
    }

    /** Ends a job; false, and nothing is changed, when the lease is another's. */
    public boolean end(long id, Job.Lease lease, JobState state, String message, Instant now) throws SQLException {
        return sql.update(
                        "UPDATE jobs SET state = ?, message = ?, owner = '', ended = ?" + MINE,
                        state.text(),
                        message,
                        now.toEpochMilli(),
                        id,
                        lease.owner(),
                        lease.attempt())
                == 1;
    }

    /** Puts a job back into the queue for the next who asks. */
    public boolean giveBack(long id, Job.Lease lease) throws SQLException {
        return sql.update("UPDATE jobs SET state = 'queued', owner = ''" + MINE, id, lease.owner(), lease.attempt())
                == 1;
    }

    /** Queues a failed or cancelled job again, where it was; false for any other. */
    public boolean retry(long id) throws SQLException {
        return sql.update(
                        "UPDATE jobs SET state = 'queued', cancel_asked = 0, message = '', ended = NULL"
                                + " WHERE id = ? AND state IN ('failed', 'cancelled')",
                        id)
                == 1;
    }

    /** A queued job ends at once, a running one when it hears of it. */
    public void cancel(long id, Instant now) throws SQLException {
        sql.update(
                "UPDATE jobs SET state = 'cancelled', cancel_asked = 1, ended = ? WHERE id = ? AND state = 'queued'",
                now.toEpochMilli(),
                id);
        sql.update("UPDATE jobs SET cancel_asked = 1 WHERE id = ? AND state = 'running'", id);
    }

    private static Job row(ResultSet row) throws SQLException {
        return new Job(
                row.getLong("id"),
                new VariantRef(row.getString("model"), row.getInt("version"), row.getString("parent")),
                row.getString("name"),
                row.getString("spec"),
                status(row),
                new Job.Lease(row.getString("owner"), row.getInt("attempt"), time(row, "lease_until")),
                new Job.Times(time(row, "created"), maybe(row, "started"), maybe(row, "ended")));
    }

    private static Job.Status status(ResultSet row) throws SQLException {
        return new Job.Status(
                JobState.of(row.getString("state")),
                row.getInt("cancel_asked") != 0,
                row.getInt("published") != 0,
                row.getString("message"),
                new Job.Progress(row.getString("stage"), row.getLong("done"), row.getLong("total")));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }

    private static Optional<Instant> maybe(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }
}
