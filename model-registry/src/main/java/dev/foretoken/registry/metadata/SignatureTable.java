package dev.foretoken.registry.metadata;

import dev.foretoken.database.Sql;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.name.VariantRef;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;

/** Detached signatures of variants, as they were made. */
public final class SignatureTable {
    private final Sql sql;

    SignatureTable(Sql sql) {
        this.sql = sql;
    }

    /** Oldest first. */
    public List<byte[]> of(VariantRef ref) throws SQLException {
        return sql.list(
                "SELECT body FROM signatures WHERE model = ? AND version = ? AND variant = ? ORDER BY revision",
                row -> row.getString(1).getBytes(StandardCharsets.UTF_8),
                ref.model(),
                ref.version(),
                ref.variant());
    }

    /** Oldest first. */
    public List<Digest> digests(VariantRef ref) throws SQLException {
        return sql.list(
                "SELECT digest FROM signatures WHERE model = ? AND version = ? AND variant = ? ORDER BY revision",
                row -> Digest.parse(row.getString(1)),
                ref.model(),
                ref.version(),
                ref.variant());
    }

    /** The same signature again changes nothing. At most one in a change. {@code bundle}: UTF-8 text. */
    public void add(VariantRef ref, byte[] bundle) throws SQLException {
        sql.update(
                "INSERT INTO signatures (model, version, variant, digest, revision, body) VALUES (?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT DO NOTHING",
                ref.model(),
                ref.version(),
                ref.variant(),
                Digest.of(bundle).toString(),
                Revision.of(sql),
                new String(bundle, StandardCharsets.UTF_8));
    }
}
