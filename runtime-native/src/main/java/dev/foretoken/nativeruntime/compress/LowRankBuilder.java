package dev.foretoken.nativeruntime.compress;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.BuildParameters;
import dev.foretoken.nativeruntime.build.Finished;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.recipe.LinearEdit;
import dev.foretoken.nativeruntime.recipe.Making;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes products of two narrow matrices, each of a rank of its own (the low-rank transformer of Greenformers, Cahyawijaya 2021), chosen by how
 * much of its energy each keeps.
 */
final class LowRankBuilder implements VariantBuilder {

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "low-rank",
                "makes products of two narrow matrices, with a rank for each",
                List.of(
                        BuildParameter.free(
                                "energy",
                                "share of the squared singular values that every matrix keeps, above 0 to 1",
                                "0.99"),
                        BuildParameter.free(
                                "size",
                                "share of the whole model's numbers that is left, above 0 to 1; decides in place of energy",
                                ""),
                        BuildParameter.choice(
                                "aware",
                                "whether errors count by the inputs that calibration text gives, or all alike; auto: where there is such text",
                                "auto",
                                "auto",
                                "true",
                                "false"),
                        BuildParameter.free(
                                "tensors", "names of weights, joined by commas; * stands for anything", "*"),
                        BuildParameter.free("tokens", "calibration tokens that are read", "16384")),
                false);
    }

    @Override
    public BuildResult build(BuildJob job) {
        BuildParameters given = job.parameters();
        int tokens = given.number("tokens", 1, Integer.MAX_VALUE);
        boolean aware =
                given.text("aware").equals("auto") ? !job.order().calibration().isEmpty() : given.flag("aware");
        Reading reading = aware ? Reading.ofTokens(job, tokens) : new Reading(job, List.of());
        LinearEdit edit = new LinearEdit(List.of(given.text("tensors").split(",")));
        Spectra spectra = new Spectra(reading, aware, new Finished(job.order().scratch()), edit.found(job.plan()));
        spectra.compute();
        RankChoice choice = new RankChoice(spectra);
        double energy = given.text("size").isEmpty()
                ? given.real("energy", Double.MIN_VALUE, 1)
                : choice.energyOf(
                        given.real("size", Double.MIN_VALUE, 1),
                        PlanFigures.of(job.plan(), 0).numbers());
        Map<MatrixRef, Integer> ranks = choice.byEnergy(energy);
        if (ranks.isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "no matrix gets smaller when it keeps %.6f of its energy; ask for less".formatted(energy));
        }
        return write(job, spectra, ranks, energy);
    }

    private static BuildResult write(BuildJob job, Spectra spectra, Map<MatrixRef, Integer> ranks, double energy) {
        Map<String, Integer> names = new TreeMap<>();
        Map<String, MatrixRef> refs = new TreeMap<>();
        ranks.forEach((ref, rank) -> {
            names.put(LinearEdit.stem(ref), rank);
            refs.put(LinearEdit.stem(ref), ref);
        });
        Draft draft = Draft.of(job).with(Draft.operation("low-rank", "ranks", names));
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("energy", energy);
        facts.put("aware", spectra.aware());
        facts.put("matrices", table(spectra, ranks));
        return new RecipeOutput(draft)
                .write(facts, type(job, ranks.keySet().iterator().next()), making -> {
                    MatrixRef ref = refs.get(stem(making, refs));
                    return spectra.factors(ref, ranks.get(ref));
                });
    }

    /** The matrix whose factors are made: the tensors' names hold its own. */
    private static String stem(Making making, Map<String, MatrixRef> refs) {
        String down = making.tensors().getFirst().name();
        return refs.keySet().stream()
                .filter(stem -> down.endsWith("." + stem + ".down"))
                .max(Comparator.comparingInt(String::length))
                .orElseThrow();
    }

    private static List<Object> table(Spectra spectra, Map<MatrixRef, Integer> ranks) {
        List<Object> table = new ArrayList<>();
        for (MatrixRef ref : spectra.matrices()) {
            double[] energies = spectra.energies(ref);
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("tensor", LinearEdit.stem(ref));
            entry.put("shape", List.of(ref.rows(), ref.columns()));
            Integer rank = ranks.get(ref);
            entry.put("rank", rank == null ? "whole" : rank);
            entry.put("lost", rank == null ? 0.0 : lost(energies, rank));
            table.add(entry);
        }
        return table;
    }

    /** Share of the energy that is gone. */
    private static double lost(double[] energies, int rank) {
        double all = 0;
        double gone = 0;
        for (int i = 0; i < energies.length; i++) {
            all += energies[i];
            gone += i < rank ? 0 : energies[i];
        }
        return all == 0 ? 0 : gone / all;
    }

    /** Of the base's matrices. */
    private static FloatType type(BuildJob job, MatrixRef ref) {
        try (Arena scratch = Arena.ofShared()) {
            return job.weights().matrix(ref, scratch) instanceof StoredMatrix.Floats(var table)
                    ? table.type()
                    : FloatType.F32;
        }
    }
}
