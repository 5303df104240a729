package dev.foretoken.contract.runtime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CPU numbers in the form of Linux's lists, such as {@code 0-3,8}.
 *
 * @param cpus ascending, none twice; empty = any CPU
 */
public record CpuList(List<Integer> cpus) {

    /** No CPU is named: threads run wherever the process may. */
    public static final CpuList ANY = new CpuList(List.of());

    private static final int MAX_CPU = 1023;
    private static final Pattern RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

    public CpuList {
        cpus = List.copyOf(new TreeSet<>(cpus));
    }

    /**
     * Reads {@code 0-3,8}; the empty text is {@link #ANY}.
     *
     * @throws ForetokenException CONFIG_INVALID
     */
    public static CpuList parse(String text) {
        if (text.isBlank()) {
            return ANY;
        }
        List<Integer> cpus = new ArrayList<>();
        for (String part : text.strip().split(",", -1)) {
            Matcher range = RANGE.matcher(part.strip());
            if (!range.matches()) {
                throw refused(text);
            }
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            if (last < first || last > MAX_CPU) {
                throw refused(text);
            }
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return new CpuList(cpus);
    }

    private static ForetokenException refused(String text) {
        return new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "cpus=" + text + ", must be CPU numbers in [0, " + MAX_CPU
                                + "] and ranges of them, such as 0-3,8")
                .withParam("cpus");
    }

    public boolean isAny() {
        return cpus.isEmpty();
    }

    public int size() {
        return cpus.size();
    }

    /** The first {@code count} of them. */
    public CpuList first(int count) {
        return new CpuList(cpus.subList(0, Math.min(count, cpus.size())));
    }

    /** What {@link #parse} reads, as short as it gets; {@code any} when none is named. */
    @Override
    public String toString() {
        if (isAny()) {
            return "any";
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0, end; i < cpus.size(); i = end) {
            end = i + 1;
            while (end < cpus.size() && cpus.get(end) == cpus.get(end - 1) + 1) {
                end++;
            }
            text.append(text.isEmpty() ? "" : ",").append(cpus.get(i));
            if (end > i + 1) {
                text.append('-').append(cpus.get(end - 1));
            }
        }
        return text.toString();
    }
}
