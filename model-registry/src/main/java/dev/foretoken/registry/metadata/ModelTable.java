package dev.foretoken.registry.metadata;

import dev.foretoken.database.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Models, their versions and their gates. A model is there as long as it has versions; its counter and its gate stay. */
public final class ModelTable {
    private final Sql sql;

    ModelTable(Sql sql) {
        this.sql = sql;
    }

    /** Models that have versions, by name. */
    public List<String> names() throws SQLException {
        return sql.list("SELECT DISTINCT model FROM versions ORDER BY model", row -> row.getString(1));
    }

    /** Oldest first. */
    public List<VersionRow> versions(String model) throws SQLException {
        return sql.list(
                "SELECT version, created FROM versions WHERE model = ? ORDER BY version",
                row -> new VersionRow(row.getInt(1), Instant.ofEpochMilli(row.getLong(2))),
                model);
    }

    /** Makes the next version and returns its number; a number is given once, also when its version is removed. */
    public int addVersion(String model, Instant now) throws SQLException {
        Optional<Integer> counted =
                sql.one("SELECT next_version FROM models WHERE name = ?", row -> row.getInt(1), model);
        int version = counted.orElse(1);
        if (counted.isEmpty()) {
            sql.update("INSERT INTO models (name, next_version) VALUES (?, ?)", model, version + 1);
        } else {
            sql.update("UPDATE models SET next_version = ? WHERE name = ?", version + 1, model);
        }
        sql.update(
                "INSERT INTO versions (model, version, created) VALUES (?, ?, ?)", model, version, now.toEpochMilli());
        return version;
    }

    /** Removes a version that has no variants any more. */
    public void removeVersion(String model, int version) throws SQLException {
        sql.update("DELETE FROM versions WHERE model = ? AND version = ?", model, version);
    }

    /** As it was given to {@link #setGate}; empty when the model has none. */
    public Optional<String> gate(String model) throws SQLException {
        return sql.one("SELECT gate FROM models WHERE name = ? AND gate IS NOT NULL", row -> row.getString(1), model);
    }

    /** The model must exist. An empty text takes the gate away. */
    public void setGate(String model, String gate) throws SQLException {
        sql.update("UPDATE models SET gate = ? WHERE name = ?", gate.isEmpty() ? null : gate, model);
    }
}
