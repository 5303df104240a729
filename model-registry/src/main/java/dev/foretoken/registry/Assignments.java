package dev.foretoken.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.metadata.Assignment;
import dev.foretoken.registry.metadata.Session;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.sql.SQLException;

/** Says what groups of runtime pods serve, and keeps that from being removed. */
final class Assignments {

    /** Each is polled by its pods and read whole by gateways. */
    private static final int MOST_GROUPS = 1_000;

    private final Session session;

    Assignments(Session session) {
        this.session = session;
    }

    /** @throws ForetokenException MODEL_NOT_FOUND for a reference that leads nowhere now; REGISTRY_CONFLICT for too many groups */
    void set(Assignment assignment) throws SQLException {
        Catalogue catalogue = new Catalogue(session);
        for (Reference reference : assignment.references()) {
            catalogue.resolve(reference);
        }
        session.assignments().put(assignment);
        if (session.assignments().all().size() > MOST_GROUPS) {
            throw conflict(
                    "there are " + MOST_GROUPS + " groups already: take the assignment of another one away first");
        }
    }

    void requireUnassigned(VariantRef ref) throws SQLException {
        for (Assignment assignment : session.assignments().all()) {
            for (Reference reference : assignment.references()) {
                if (reference instanceof Reference.Exact(VariantRef exact) && exact.equals(ref)) {
                    throw assigned(ref.toString(), assignment);
                }
            }
        }
    }

    void requireUnassigned(String model, int version) throws SQLException {
        for (Assignment assignment : session.assignments().all()) {
            for (Reference reference : assignment.references()) {
                if (reference.model().equals(model) && version(reference) == version) {
                    throw assigned(model + "@" + version, assignment);
                }
            }
        }
    }

    void requireUnassigned(Reference.Alias alias) throws SQLException {
        for (Assignment assignment : session.assignments().all()) {
            if (assignment.references().contains(alias)) {
                throw assigned("the alias " + alias, assignment);
            }
        }
    }

    private static int version(Reference reference) {
        return switch (reference) {
            case Reference.AtVersion at -> at.version();
            case Reference.Exact exact -> exact.ref().version();
            case Reference.Alias _, Reference.Newest _ -> 0;
        };
    }

    private static ForetokenException assigned(String what, Assignment assignment) {
        return conflict("%s is what pods of the group %s serve: assign them something else first"
                .formatted(what, assignment.group()));
    }

    private static ForetokenException conflict(String message) {
        return new ForetokenException(ErrorCode.REGISTRY_CONFLICT, message);
    }
}
