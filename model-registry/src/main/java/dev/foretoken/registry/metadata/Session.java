package dev.foretoken.registry.metadata;

import dev.foretoken.database.Sql;
import java.sql.SQLException;

/** One transaction, seen as its tables. Ends with the work that it was given to. */
public final class Session {
    private final Sql sql;

    Session(Sql sql) {
        this.sql = sql;
    }

    public ModelTable models() {
        return new ModelTable(sql);
    }

    public VariantTable variants() {
        return new VariantTable(sql);
    }

    public AliasTable aliases() {
        return new AliasTable(sql);
    }

    public AssignmentTable assignments() {
        return new AssignmentTable(sql);
    }

    public MeasurementTable measurements() {
        return new MeasurementTable(sql);
    }

    public SignatureTable signatures() {
        return new SignatureTable(sql);
    }

    public JobTable jobs() {
        return new JobTable(sql);
    }

    /** Of the state that this session sees, or makes. */
    public long revision() throws SQLException {
        return Revision.of(sql);
    }

    void bumpRevision() throws SQLException {
        Revision.bump(sql);
    }
}
