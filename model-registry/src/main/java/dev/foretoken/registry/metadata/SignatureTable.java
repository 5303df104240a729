package dev.foretoken.registry.metadata;

import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.name.VariantRef;
import java.sql.SQLException;
import java.util.List;

/** Which blobs are signatures of which variant. */
public final class SignatureTable {
    private final Session session;

    SignatureTable(Session session) {
        this.session = session;
    }

    public List<Digest> of(VariantRef ref) throws SQLException {
        return session.list(
                "SELECT blob FROM signatures WHERE model = ? AND version = ? AND variant = ? ORDER BY blob",
                row -> Digest.parse(row.getString(1)),
                ref.model(),
                ref.version(),
                ref.variant());
    }

    /** Of all variants. */
    public List<Digest> all() throws SQLException {
        return session.list(
                "SELECT DISTINCT blob FROM signatures ORDER BY blob", row -> Digest.parse(row.getString(1)));
    }

    /** The same signature again changes nothing. */
    public void add(VariantRef ref, Digest blob) throws SQLException {
        if (!of(ref).contains(blob)) {
            session.update(
                    "INSERT INTO signatures (model, version, variant, blob) VALUES (?, ?, ?, ?)",
                    ref.model(),
                    ref.version(),
                    ref.variant(),
                    blob.toString());
        }
    }
}
