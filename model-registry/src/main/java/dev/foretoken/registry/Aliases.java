package dev.foretoken.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.gate.GateVerdict;
import dev.foretoken.registry.metadata.AliasMove;
import dev.foretoken.registry.metadata.AliasTarget;
import dev.foretoken.registry.metadata.Session;
import dev.foretoken.registry.name.Names;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;

/** Moves aliases; the gate decides. */
final class Aliases {
    private final Session session;
    private final Catalogue catalogue;
    private final Instant now;

    Aliases(Session session, Instant now) {
        this.session = session;
        this.catalogue = new Catalogue(session);
        this.now = now;
    }

    AliasChange set(String model, String alias, Reference target, String why) throws SQLException {
        Names.require("alias", alias);
        if (!target.model().equals(model)) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "an alias of model '%s' cannot point at %s: name one of its own versions".formatted(model, target));
        }
        VariantRef to = catalogue.resolve(target);
        Optional<GateVerdict> verdict = to.isAuto() ? best(to) : catalogue.verdict(to);
        if (verdict.isPresent() && !verdict.get().passes()) {
            throw new ForetokenException(
                    ErrorCode.GATE_REFUSED,
                    "%s:%s may not point at %s: %s"
                            .formatted(model, alias, to, verdict.get().sentence()));
        }
        Optional<VariantRef> from = session.aliases().find(model, alias).map(AliasTarget::target);
        session.aliases().put(alias, to, now);
        session.aliases().note(model, new AliasMove(alias, now, from, Optional.of(to), why));
        return new AliasChange(model, alias, from, to, verdict);
    }

    void remove(String model, String alias, String why) throws SQLException {
        AliasTarget found = catalogue.alias(model, alias);
        new Assignments(session).requireUnassigned(new Reference.Alias(model, alias));
        session.aliases().remove(model, alias);
        session.aliases().note(model, new AliasMove(alias, now, Optional.of(found.target()), Optional.empty(), why));
    }

    /** For {@code auto} one variant that passes is enough: the serving side chooses among those. */
    private Optional<GateVerdict> best(VariantRef auto) throws SQLException {
        var variants = catalogue.variants(auto.model(), auto.version());
        Optional<GateVerdict> passing = variants.stream()
                .flatMap(variant -> variant.verdict().stream())
                .filter(GateVerdict::passes)
                .findFirst();
        if (passing.isPresent() || catalogue.gate(auto.model()).isEmpty()) {
            return passing;
        }
        return Optional.of(GateVerdict.unmeasured(variants.stream()
                .map(variant -> variant.ref().variant() + ": "
                        + variant.verdict().map(GateVerdict::sentence).orElse(""))
                .collect(Collectors.joining("; ", "no variant passes the gate (", ")"))));
    }
}
