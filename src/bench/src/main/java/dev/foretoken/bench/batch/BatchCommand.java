package dev.foretoken.bench.batch;

import picocli.CommandLine.Command;

/** The measurements of batch inference. */
@Command(
        name = "batch",
        mixinStandardHelpOptions = true,
        description = "Measures batches of Kafka's topics.",
        subcommands = {WorkerCommand.class, EngineShareCommand.class, MixedCommand.class})
public final class BatchCommand {}
