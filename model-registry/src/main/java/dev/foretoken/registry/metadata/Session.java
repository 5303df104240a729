package dev.foretoken.registry.metadata;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One transaction, seen as its tables. Ends with the work that it was given to. */
public final class Session {
    private final Connection connection;

    Session(Connection connection) {
        this.connection = connection;
    }

    public ModelTable models() {
        return new ModelTable(this);
    }

    public VariantTable variants() {
        return new VariantTable(this);
    }

    public AliasTable aliases() {
        return new AliasTable(this);
    }

    public AssignmentTable assignments() {
        return new AssignmentTable(this);
    }

    public MeasurementTable measurements() {
        return new MeasurementTable(this);
    }

    public SignatureTable signatures() {
        return new SignatureTable(this);
    }

    public JobTable jobs() {
        return new JobTable(this);
    }

    /** Of the state that this session sees, or makes. */
    public long revision() throws SQLException {
        return one("SELECT revision FROM registry_state WHERE id = 1", row -> row.getLong(1))
                .orElseThrow();
    }

    void bumpRevision() throws SQLException {
        update("UPDATE registry_state SET revision = revision + 1 WHERE id = 1");
    }

    <T> Optional<T> one(String sql, Row<T> row, @Nullable Object... values) throws SQLException {
        return list(sql, row, values).stream().findFirst();
    }

    <T> List<T> list(String sql, Row<T> row, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(row.read(rows));
            }
            return found;
        }
    }

    /** How many rows were changed. */
    int update(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(sql, values)) {
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepared(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    /** Reads the row that the result stands on. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }
}
