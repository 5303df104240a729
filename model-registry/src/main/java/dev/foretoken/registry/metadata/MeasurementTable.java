package dev.foretoken.registry.metadata;

import dev.foretoken.database.Sql;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.measure.MeasurementJson;
import dev.foretoken.registry.name.VariantRef;
import java.sql.SQLException;
import java.util.List;

/** What variants were measured to be; nothing is overwritten. */
public final class MeasurementTable {
    private final Sql sql;

    MeasurementTable(Sql sql) {
        this.sql = sql;
    }

    /** At most one in a change. */
    public void add(VariantRef ref, Measurement measurement) throws SQLException {
        sql.update(
                "INSERT INTO measurements (revision, model, version, variant, body) VALUES (?, ?, ?, ?, ?)",
                Revision.of(sql),
                ref.model(),
                ref.version(),
                ref.variant(),
                MeasurementJson.write(measurement));
    }

    /** Newest first. */
    public List<Measurement> of(VariantRef ref) throws SQLException {
        return sql.list(
                "SELECT body FROM measurements WHERE model = ? AND version = ? AND variant = ? ORDER BY revision DESC",
                row -> MeasurementJson.read(row.getString(1)),
                ref.model(),
                ref.version(),
                ref.variant());
    }
}
