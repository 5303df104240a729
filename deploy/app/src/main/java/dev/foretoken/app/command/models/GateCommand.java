package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.Table;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.registry.RegistryJson;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.VersionDetail;
import dev.foretoken.registry.gate.Gate;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sets what a variant must keep before an alias may point at it. */
@Command(
        name = "gate",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = "Sets the limits that a variant's measured numbers must keep before an alias may point at it.",
        footer = {
            "",
            "Limits: max-perplexity-increase, max-kl, min-top1-agreement, min-qa-retention (judged on the interval's lower",
            "bound), max-bytes, max-resident-bytes, max-kv-bytes-per-token, min-decode-tokens-per-second.",
            "Example: foretoken models gate toy max-perplexity-increase=0.02 min-qa-retention=0.9",
        },
        sortOptions = false)
final class GateCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Parameters(
            index = "1..*",
            paramLabel = "LIMIT=NUMBER",
            description = "The limits, which replace the earlier ones. Without any, shows them and who keeps them.")
    private List<String> limits = List.of();

    @Option(names = "--clear", description = "Takes all limits away.")
    private boolean clear;

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        if (clear && !limits.isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "--clear takes all limits away; give limits or --clear, not both");
        }
        try (Registry registry = access.open()) {
            if (clear) {
                registry.setGate(model, Optional.empty());
            } else if (!limits.isEmpty()) {
                registry.setGate(model, Optional.of(Gate.of(parsed())));
            }
            ModelDetail found = registry.model(model);
            access.print(() -> RegistryJson.model(found), out -> print(found, out));
        }
        return 0;
    }

    private Map<String, Double> parsed() {
        Map<String, Double> parsed = new TreeMap<>();
        for (String limit : limits) {
            int equals = limit.indexOf('=');
            try {
                parsed.put(limit.substring(0, Math.max(0, equals)), Double.parseDouble(limit.substring(equals + 1)));
            } catch (NumberFormatException e) {
                throw new ForetokenException(
                        ErrorCode.INVALID_REQUEST,
                        "'" + limit + "' is no limit; write LIMIT=NUMBER, as in max-perplexity-increase=0.02",
                        e);
            }
        }
        return parsed;
    }

    private static void print(ModelDetail model, PrintStream out) {
        out.println("gate of " + model.name() + ": "
                + model.gate().map(ModelText::limits).orElse("none"));
        if (model.gate().isEmpty()) {
            return;
        }
        Table table = new Table("VARIANT", "GATE", "WHY");
        for (VersionDetail version : model.versions()) {
            for (VariantDetail variant : version.variants()) {
                table.row(
                        variant.ref().toString(),
                        Wording.gate(variant),
                        variant.verdict().map(verdict -> verdict.sentence()).orElse(""));
            }
        }
        table.print(out);
    }
}
