package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.BuildParameters;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.util.List;

/** Parameters that several methods have. */
final class QuantizerParameters {

    static final BuildParameter BITS = BuildParameter.choice("bits", "bits of a weight", "4", "4", "8");
    static final BuildParameter GROUP = BuildParameter.choice(
            "group",
            "consecutive inputs that share a scale; channel: all of an output's",
            "128",
            "32",
            "64",
            "128",
            "channel");
    static final BuildParameter SYMMETRIC = BuildParameter.choice(
            "symmetric",
            "whether zero is the middle of the codes, without stored zero points",
            "true",
            "true",
            "false");
    static final BuildParameter HEAD = BuildParameter.choice(
            "head",
            "whether the output head is rounded too, to nearest; it must not be the embedding",
            "false",
            "false",
            "true");

    /** How many smaller ranges {@code scales=mse} tries. */
    private static final int SHRINKS = 60;

    private static final String LEAST_ERROR = "mse";

    private QuantizerParameters() {}

    static BuildParameter scales(String fallback) {
        return BuildParameter.choice(
                "scales",
                "minmax: a group's scale holds its largest weight; mse: the one with the least squared error",
                fallback,
                "minmax",
                LEAST_ERROR);
    }

    static GroupFormat format(BuildParameters given, FloatType scales) {
        String group = given.text("group");
        return new GroupFormat(
                given.number("bits", 4, 8),
                group.equals("channel") ? 0 : Integer.parseInt(group),
                given.flag("symmetric"),
                scales);
    }

    static LevelSearch search(BuildParameters given, GroupFormat format) {
        return new LevelSearch(format, given.text("scales").equals(LEAST_ERROR) ? SHRINKS : 0);
    }

    /** The head, if it is wanted. */
    static List<MatrixRef> head(BuildJob job) {
        if (!job.parameters().flag("head")) {
            return List.of();
        }
        if (job.plan().tied()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "head=true, but this model's head is its embedding, which %s does not change; bct does"
                            .formatted(job.order().method()));
        }
        return List.of(job.plan().head().whole());
    }

    /** Modules of the class Linear that stay as they are. */
    static List<String> ignored(BuildJob job) {
        return job.parameters().flag("head") ? List.of() : List.of(headModule(job));
    }

    /** A tied head has no tensor of its own, and its module still this name. */
    private static String headModule(BuildJob job) {
        String tensor = job.plan().head().tensor();
        return job.plan().tied() ? "lm_head" : tensor.substring(0, tensor.length() - ".weight".length());
    }
}
