package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.registry.AssignmentJson;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.metadata.Assignment;
import dev.foretoken.registry.name.Reference;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what the runtime pods of a group serve. */
@Command(
        name = "assign",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Says what the runtime pods of a group serve (serve --role runtime --registry-url URL --pod-group GROUP), in place of what they were told before. They load it beside what they have, and let go of the rest.",
        footer = {"", "Example: foretoken models assign cpu toy:prod toy@3/q4"},
        sortOptions = false)
final class AssignCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "GROUP", description = "The group of pods.")
    private String group = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "REFERENCE",
            description = "toy:ALIAS, which is followed, toy@3, toy@3/q4 or toy@3/auto.")
    private List<String> references = List.of();

    @Option(names = "--none", description = "Takes everything away from the group.")
    private boolean none;

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        if (none != references.isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "give references such as toy:prod, or --none to take everything away");
        }
        Assignment assignment =
                new Assignment(group, references.stream().map(Reference::parse).toList());
        try (Registry registry = access.open()) {
            registry.assign(assignment);
        }
        access.print(
                () -> AssignmentJson.of(assignment),
                out -> out.println(group + " serves " + (none ? "nothing" : String.join(", ", references))));
        return 0;
    }
}
