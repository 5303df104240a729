package dev.foretoken.registry.metadata;

import dev.foretoken.database.Sql;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Aliases and where they have pointed. The database itself refuses to lose what one of them points at. */
public final class AliasTable {
    private static final String SELECT = "SELECT model, name, version, variant, moved FROM aliases";

    private final Sql sql;

    AliasTable(Sql sql) {
        this.sql = sql;
    }

    /** By name. */
    public List<AliasTarget> ofModel(String model) throws SQLException {
        return sql.list(SELECT + " WHERE model = ? ORDER BY name", AliasTable::row, model);
    }

    public Optional<AliasTarget> find(String model, String name) throws SQLException {
        return sql.one(SELECT + " WHERE model = ? AND name = ?", AliasTable::row, model, name);
    }

    /** Points the alias there, whether it is new or not. */
    public void put(String name, VariantRef target, Instant now) throws SQLException {
        sql.update("DELETE FROM aliases WHERE model = ? AND name = ?", target.model(), name);
        sql.update(
                "INSERT INTO aliases (model, name, version, variant, moved) VALUES (?, ?, ?, ?, ?)",
                target.model(),
                name,
                target.version(),
                target.isAuto() ? null : target.variant(),
                now.toEpochMilli());
    }

    public void remove(String model, String name) throws SQLException {
        sql.update("DELETE FROM aliases WHERE model = ? AND name = ?", model, name);
    }

    /** Writes a move down; at most one in a change. */
    public void note(String model, AliasMove move) throws SQLException {
        sql.update(
                "INSERT INTO alias_moves (revision, model, name, moved, source, target, why) VALUES (?, ?, ?, ?, ?, ?, ?)",
                Revision.of(sql),
                model,
                move.name(),
                move.moved().toEpochMilli(),
                move.from().map(VariantRef::toString).orElse(null),
                move.to().map(VariantRef::toString).orElse(null),
                move.why());
    }

    /** Moves of a model's aliases, newest first, at most {@code most}. */
    public List<AliasMove> moves(String model, int most) throws SQLException {
        return sql.list(
                "SELECT name, moved, source, target, why FROM alias_moves WHERE model = ? ORDER BY revision DESC LIMIT ?",
                row -> new AliasMove(
                        row.getString(1),
                        Instant.ofEpochMilli(row.getLong(2)),
                        target(row.getString(3)),
                        target(row.getString(4)),
                        row.getString(5)),
                model,
                most);
    }

    private static Optional<VariantRef> target(@Nullable String text) {
        return Optional.ofNullable(text).map(Reference::parse).map(reference -> ((Reference.Exact) reference).ref());
    }

    private static AliasTarget row(ResultSet row) throws SQLException {
        String model = row.getString(1);
        int version = row.getInt(3);
        @Nullable String variant = row.getString(4);
        return new AliasTarget(
                row.getString(2),
                variant == null ? VariantRef.auto(model, version) : new VariantRef(model, version, variant),
                Instant.ofEpochMilli(row.getLong(5)));
    }
}
