package dev.foretoken.batch.store;

import dev.foretoken.database.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Files by id, and by tenant in the order in which they came. */
public final class FileTable {

    private static final String SELECT =
            "SELECT id, tenant, purpose, name, bytes, created, expires FROM batch_files WHERE ";

    private final Sql sql;

    FileTable(Sql sql) {
        this.sql = sql;
    }

    public void add(StoredFile file) throws SQLException {
        sql.update(
                "INSERT INTO batch_files (id, number, tenant, purpose, name, bytes, created, expires)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                file.id(),
                Numbers.next(sql),
                file.tenant(),
                file.purpose(),
                file.name(),
                file.bytes(),
                file.created().toEpochMilli(),
                file.expires().map(Instant::toEpochMilli).orElse(null));
    }

    public Optional<StoredFile> find(String id) throws SQLException {
        return sql.one(SELECT + "id = ?", FileTable::row, id);
    }

    /**
     * What to list.
     *
     * @param purpose empty = every one
     * @param after a file of the tenant, after which the page begins; empty = at the first
     */
    public record Page(
            String tenant, Optional<String> purpose, Optional<String> after, boolean newestFirst, int most) {}

    /** Of the files whose time is not over. */
    public List<StoredFile> page(Page page, Instant now) throws SQLException {
        @Nullable String purpose = page.purpose().orElse(null);
        String order = page.newestFirst() ? "DESC" : "ASC";
        String than = page.newestFirst() ? "<" : ">";
        String from = page.after().isEmpty()
                ? ""
                : " AND number " + than + " (SELECT number FROM batch_files WHERE id = ? AND tenant = ?)";
        String query = SELECT + "tenant = ? AND (expires IS NULL OR expires > ?)"
                + (purpose == null ? "" : " AND purpose = ?") + from + " ORDER BY number " + order + " LIMIT ?";
        return sql.list(query, FileTable::row, values(page, purpose, now));
    }

    private static @Nullable Object[] values(Page page, @Nullable String purpose, Instant now) {
        List<Object> values = new java.util.ArrayList<>(List.of(page.tenant(), now.toEpochMilli()));
        if (purpose != null) {
            values.add(purpose);
        }
        page.after().ifPresent(after -> values.addAll(List.of(after, page.tenant())));
        values.add(page.most());
        return values.toArray();
    }

    /** What a tenant has: files and their bytes. */
    public record Use(long files, long bytes) {}

    public Use use(String tenant) throws SQLException {
        return sql.one(
                        "SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM batch_files WHERE tenant = ?",
                        row -> new Use(row.getLong(1), row.getLong(2)),
                        tenant)
                .orElseThrow();
    }

    /** Of all tenants. */
    public long bytes() throws SQLException {
        return sql.one("SELECT COALESCE(SUM(bytes), 0) FROM batch_files", row -> row.getLong(1))
                .orElseThrow();
    }

    public boolean remove(String id) throws SQLException {
        return sql.update("DELETE FROM batch_files WHERE id = ?", id) == 1;
    }

    /** Files whose time is over and that no open job reads. */
    public List<String> over(Instant now, int most) throws SQLException {
        return sql.list(
                "SELECT id FROM batch_files WHERE expires <= ? AND NOT EXISTS (SELECT 1 FROM batch_jobs"
                        + " WHERE input_file = batch_files.id AND state IN (" + JobTable.OPEN
                        + ")) ORDER BY expires LIMIT ?",
                row -> row.getString(1),
                now.toEpochMilli(),
                most);
    }

    private static StoredFile row(ResultSet row) throws SQLException {
        return new StoredFile(
                row.getString("id"),
                row.getString("tenant"),
                row.getString("purpose"),
                row.getString("name"),
                row.getLong("bytes"),
                Instant.ofEpochMilli(row.getLong("created")),
                JobTable.maybe(row, "expires"));
    }
}
