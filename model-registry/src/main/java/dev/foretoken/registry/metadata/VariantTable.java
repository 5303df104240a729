package dev.foretoken.registry.metadata;

import dev.foretoken.database.Sql;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.VariantConfigJson;
import dev.foretoken.registry.name.VariantRef;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Variants with the digests of their manifests. */
public final class VariantTable {
    private static final String SELECT =
            "SELECT model, version, name, manifest, content, config, bytes, created FROM variants";

    private final Sql sql;

    VariantTable(Sql sql) {
        this.sql = sql;
    }

    public List<VariantRow> all() throws SQLException {
        return sql.list(SELECT + " ORDER BY model, version, created, name", VariantTable::row);
    }

    /** Of all versions, oldest first. */
    public List<VariantRow> ofModel(String model) throws SQLException {
        return sql.list(SELECT + " WHERE model = ? ORDER BY version, created, name", VariantTable::row, model);
    }

    /** Oldest first. */
    public List<VariantRow> ofVersion(String model, int version) throws SQLException {
        return sql.list(
                SELECT + " WHERE model = ? AND version = ? ORDER BY created, name", VariantTable::row, model, version);
    }

    public Optional<VariantRow> find(VariantRef ref) throws SQLException {
        return sql.one(
                SELECT + " WHERE model = ? AND version = ? AND name = ?",
                VariantTable::row,
                ref.model(),
                ref.version(),
                ref.variant());
    }

    /** The newest variant of this name with the same files. */
    public Optional<VariantRow> withContent(String model, String name, Digest content) throws SQLException {
        return sql.one(
                SELECT + " WHERE model = ? AND name = ? AND content = ? ORDER BY version DESC",
                VariantTable::row,
                model,
                name,
                content.toString());
    }

    public void add(VariantRow variant) throws SQLException {
        sql.update(
                "INSERT INTO variants (model, version, name, manifest, content, config, bytes, created)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                variant.ref().model(),
                variant.ref().version(),
                variant.ref().variant(),
                variant.manifest().toString(),
                variant.content().toString(),
                new String(VariantConfigJson.write(variant.config()), StandardCharsets.UTF_8),
                variant.bytes(),
                variant.created().toEpochMilli());
    }

    /** With its measurements. */
    public void remove(VariantRef ref) throws SQLException {
        sql.update(
                "DELETE FROM variants WHERE model = ? AND version = ? AND name = ?",
                ref.model(),
                ref.version(),
                ref.variant());
    }

    private static VariantRow row(ResultSet row) throws SQLException {
        return new VariantRow(
                new VariantRef(row.getString(1), row.getInt(2), row.getString(3)),
                Digest.parse(row.getString(4)),
                Digest.parse(row.getString(5)),
                VariantConfigJson.parse(row.getString(6).getBytes(StandardCharsets.UTF_8)),
                row.getLong(7),
                Instant.ofEpochMilli(row.getLong(8)));
    }
}
