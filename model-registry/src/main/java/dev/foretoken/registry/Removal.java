package dev.foretoken.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.metadata.AliasTarget;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.Session;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.name.VariantRef;
import java.sql.SQLException;

/** Takes variants and versions out of sight; their blobs go with the next garbage collection. */
final class Removal {
    private final Session session;
    private final Catalogue catalogue;

    Removal(Session session) {
        this.session = session;
        this.catalogue = new Catalogue(session);
    }

    void variant(VariantRef ref) throws SQLException {
        catalogue.row(ref);
        if (ref.isBase()) {
            throw conflict(ref + " is what the version was imported as: remove the whole version " + ref.version());
        }
        for (AliasTarget alias : session.aliases().ofModel(ref.model())) {
            requireUnreached(ref, alias);
        }
        new Assignments(session).requireUnassigned(ref);
        for (Job job : session.jobs().open()) {
            if (job.parent().equals(ref)) {
                throw conflict("%s is what job %d builds from: cancel the job first".formatted(ref, job.id()));
            }
        }
        session.variants().remove(ref);
    }

    void version(String model, int version) throws SQLException {
        catalogue.requireVersion(model, version);
        for (AliasTarget alias : session.aliases().ofModel(model)) {
            if (alias.target().version() == version) {
                throw reached(model + "@" + version, alias);
            }
        }
        new Assignments(session).requireUnassigned(model, version);
        for (Job job : session.jobs().open()) {
            if (job.parent().model().equals(model) && job.parent().version() == version) {
                throw conflict(
                        "%s@%d is what job %d builds from: cancel the job first".formatted(model, version, job.id()));
            }
        }
        for (VariantRow row : session.variants().ofVersion(model, version)) {
            session.variants().remove(row.ref());
        }
        session.models().removeVersion(model, version);
    }

    private static void requireUnreached(VariantRef ref, AliasTarget alias) {
        if (alias.target().equals(ref)) {
            throw reached(ref.toString(), alias);
        }
    }

    private static ForetokenException reached(String what, AliasTarget alias) {
        return conflict("%s is what alias %s:%s points at: point it elsewhere or remove it first"
                .formatted(what, alias.target().model(), alias.name()));
    }

    private static ForetokenException conflict(String message) {
        return new ForetokenException(ErrorCode.REGISTRY_CONFLICT, message);
    }
}
