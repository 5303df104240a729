package dev.foretoken.batch.store;

import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.database.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Jobs and their leases. Whoever works on one changes it only while the lease is theirs. */
public final class JobTable {

    static final String OPEN = quoted(JobState.open());

    private static final String SELECT = "SELECT * FROM batch_jobs WHERE ";
    private static final String MINE = " WHERE id = ? AND owner = ? AND attempt = ?";

    private final Sql sql;

    JobTable(Sql sql) {
        this.sql = sql;
    }

    private static String quoted(List<JobState> states) {
        return states.stream().map(state -> "'" + state.text() + "'").collect(Collectors.joining(", "));
    }

    /** Adds a job that nobody works on yet. */
    public void add(String id, String tenant, Job.Order order) throws SQLException {
        sql.update(
                "INSERT INTO batch_jobs (id, number, tenant, input_file, endpoint, completion_window, metadata, output_seconds,"
                        + " state, total, completed, failed, errors, created, expires, owner, attempt, lease_until)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'validating', 0, 0, 0, '[]', ?, ?, '', 0, 0)",
                id,
                Numbers.next(sql),
                tenant,
                order.inputFile(),
                order.endpoint().path(),
                order.window(),
                JobText.metadata(order.metadata()),
                order.outputLife().map(Duration::toSeconds).orElse(null),
                order.created().toEpochMilli(),
                order.expires().toEpochMilli());
    }

    public Optional<Job> find(String id) throws SQLException {
        return sql.one(SELECT + "id = ?", JobTable::row, id);
    }

    /**
     * A tenant's, newest first.
     *
     * @param after the job after which the page begins; empty = at the newest
     */
    public List<Job> page(String tenant, Optional<String> after, int most) throws SQLException {
        if (after.isEmpty()) {
            return sql.list(SELECT + "tenant = ? ORDER BY number DESC LIMIT ?", JobTable::row, tenant, most);
        }
        return sql.list(
                SELECT + "tenant = ? AND number < (SELECT number FROM batch_jobs WHERE id = ? AND tenant = ?)"
                        + " ORDER BY number DESC LIMIT ?",
                JobTable::row,
                tenant,
                after.get(),
                tenant,
                most);
    }

    /** Those that are not over, oldest first. */
    public List<Job> open(int most) throws SQLException {
        return sql.list(SELECT + "state IN (" + OPEN + ") ORDER BY number LIMIT ?", JobTable::row, most);
    }

    public int countOpen(String tenant) throws SQLException {
        return sql.one(
                        "SELECT COUNT(*) FROM batch_jobs WHERE tenant = ? AND state IN (" + OPEN + ")",
                        row -> row.getInt(1),
                        tenant)
                .orElseThrow();
    }

    /** A job that is not over and reads the file. */
    public Optional<String> reader(String file) throws SQLException {
        return sql.one(
                "SELECT id FROM batch_jobs WHERE input_file = ? AND state IN (" + OPEN + ") LIMIT 1",
                row -> row.getString(1),
                file);
    }

    /** Takes the job for {@code owner} unless somebody else has it; an outlived lease is nobody's. */
    public boolean take(Job job, String owner, Instant now, Instant until) throws SQLException {
        return sql.update(
                        "UPDATE batch_jobs SET owner = ?, attempt = attempt + 1, lease_until = ?"
                                + " WHERE id = ? AND attempt = ? AND state IN (" + OPEN
                                + ") AND (owner = '' OR lease_until <= ?)",
                        owner,
                        until.toEpochMilli(),
                        job.id(),
                        job.lease().attempt(),
                        now.toEpochMilli())
                == 1;
    }

    /** Gives up whatever lease there is: for the one process that may have any. */
    public void freeAll() throws SQLException {
        sql.update("UPDATE batch_jobs SET owner = '', lease_until = 0 WHERE owner <> ''");
    }

    /** Prolongs a lease and says how far the job has come; false, and nothing is changed, when the lease is another's. */
    public boolean beat(String id, Job.Lease lease, Job.Counts counts) throws SQLException {
        return sql.update(
                        "UPDATE batch_jobs SET lease_until = ?, completed = ?, failed = ?" + MINE,
                        lease.until().toEpochMilli(),
                        counts.completed(),
                        counts.failed(),
                        id,
                        lease.owner(),
                        lease.attempt())
                == 1;
    }

    public boolean giveBack(String id, Job.Lease lease) throws SQLException {
        return sql.update(
                        "UPDATE batch_jobs SET owner = '', lease_until = 0" + MINE, id, lease.owner(), lease.attempt())
                == 1;
    }

    /** The file was found good: false where the lease is another's or the job was cancelled meanwhile. */
    public boolean begin(String id, Job.Lease lease, int total, String model, Instant now) throws SQLException {
        return sql.update(
                        "UPDATE batch_jobs SET state = 'in_progress', in_progress_at = ?, total = ?, model = ?" + MINE
                                + " AND state = 'validating'",
                        now.toEpochMilli(),
                        total,
                        model,
                        id,
                        lease.owner(),
                        lease.attempt())
                == 1;
    }

    /** Every request was answered: false where the lease is another's or the job was cancelled meanwhile. */
    public boolean finalizing(String id, Job.Lease lease, Job.Counts counts, Instant now) throws SQLException {
        return sql.update(
                        "UPDATE batch_jobs SET state = 'finalizing', finalizing_at = ?, completed = ?, failed = ?"
                                + MINE + " AND state = 'in_progress'",
                        now.toEpochMilli(),
                        counts.completed(),
                        counts.failed(),
                        id,
                        lease.owner(),
                        lease.attempt())
                == 1;
    }

    /** Some of its answers are lost: it goes on. False where it was not finalizing, or the lease is another's. */
    public boolean reopen(String id, Job.Lease lease) throws SQLException {
        return sql.update(
                        "UPDATE batch_jobs SET state = 'in_progress', finalizing_at = NULL" + MINE
                                + " AND state = 'finalizing'",
                        id,
                        lease.owner(),
                        lease.attempt())
                == 1;
    }

    /** Ends a job, from whatever open state it is in; false, and nothing is changed, when the lease is another's. */
    public boolean end(String id, Job.Lease lease, Job.Status status, Instant now) throws SQLException {
        if (!status.state().isOver()) {
            throw new IllegalArgumentException("a job does not end in state " + status.state());
        }
        String at = status.state().text() + "_at";
        return sql.update(
                        "UPDATE batch_jobs SET state = ?, " + at + " = ?, completed = ?, failed = ?, errors = ?,"
                                + " output_file = ?, error_file = ?, input_tokens = ?, cached_tokens = ?, output_tokens = ?,"
                                + " reasoning_tokens = ?, owner = '', lease_until = 0" + MINE
                                + " AND state IN (" + OPEN + ")",
                        status.state().text(),
                        now.toEpochMilli(),
                        status.counts().completed(),
                        status.counts().failed(),
                        JobText.flaws(status.errors()),
                        status.outputFile().orElse(null),
                        status.errorFile().orElse(null),
                        status.usage().map(Job.Usage::input).orElse(null),
                        status.usage().map(Job.Usage::cached).orElse(null),
                        status.usage().map(Job.Usage::output).orElse(null),
                        status.usage().map(Job.Usage::reasoning).orElse(null),
                        id,
                        lease.owner(),
                        lease.attempt())
                == 1;
    }

    /** False for a job that is being cancelled, ends or is over. */
    public boolean cancel(String id, Instant now) throws SQLException {
        return sql.update(
                        "UPDATE batch_jobs SET state = 'cancelling', cancelling_at = ?"
                                + " WHERE id = ? AND state IN ('validating', 'in_progress')",
                        now.toEpochMilli(),
                        id)
                == 1;
    }

    /** Forgets jobs that were over before {@code before}; how many. */
    public int forget(Instant before) throws SQLException {
        long millis = before.toEpochMilli();
        return sql.update(
                "DELETE FROM batch_jobs WHERE COALESCE(completed_at, failed_at, expired_at, cancelled_at) < ? AND state NOT IN ("
                        + OPEN + ")",
                millis);
    }

    private static Job row(ResultSet row) throws SQLException {
        return new Job(
                row.getString("id"),
                row.getString("tenant"),
                order(row),
                status(row),
                new Job.Lease(row.getString("owner"), row.getInt("attempt"), time(row, "lease_until")),
                entered(row));
    }

    private static Job.Order order(ResultSet row) throws SQLException {
        String path = row.getString("endpoint");
        long seconds = row.getLong("output_seconds");
        Optional<Duration> life = row.wasNull() ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
        return new Job.Order(
                row.getString("input_file"),
                BatchEndpoint.of(path)
                        .orElseThrow(() -> new IllegalStateException("the database names no endpoint: " + path)),
                row.getString("completion_window"),
                JobText.metadata(row.getString("metadata")),
                life,
                time(row, "created"),
                time(row, "expires"));
    }

    private static Job.Status status(ResultSet row) throws SQLException {
        return new Job.Status(
                JobState.of(row.getString("state")),
                Optional.ofNullable(row.getString("model")),
                new Job.Counts(row.getInt("total"), row.getInt("completed"), row.getInt("failed")),
                usage(row),
                JobText.flaws(row.getString("errors")),
                Optional.ofNullable(row.getString("output_file")),
                Optional.ofNullable(row.getString("error_file")));
    }

    private static Optional<Job.Usage> usage(ResultSet row) throws SQLException {
        long input = row.getLong("input_tokens");
        return row.wasNull()
                ? Optional.empty()
                : Optional.of(new Job.Usage(
                        input,
                        row.getLong("cached_tokens"),
                        row.getLong("output_tokens"),
                        row.getLong("reasoning_tokens")));
    }

    private static Map<JobState, Instant> entered(ResultSet row) throws SQLException {
        Map<JobState, Instant> entered = new EnumMap<>(JobState.class);
        entered.put(JobState.VALIDATING, time(row, "created"));
        for (JobState state : JobState.values()) {
            if (state != JobState.VALIDATING) {
                maybe(row, state.text() + "_at").ifPresent(at -> entered.put(state, at));
            }
        }
        return entered;
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }

    static Optional<Instant> maybe(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }
}
