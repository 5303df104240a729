package dev.foretoken.e2e.observe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PromQL expression names. Knows the operators and functions that ours use; anything else is taken for a metric, so that a misspelt
 * function is found as well.
 *
 * @param metrics with the labels that each is selected by
 * @param grouped labels of by, on, and the like
 */
record Expression(String text, Map<String, Set<String>> metrics, Set<String> grouped) {

    private static final Pattern TOKEN = Pattern.compile(
            "\"(?:[^\"\\\\]|\\\\.)*\"|\\[[^\\]]*\\]|[a-zA-Z_:][a-zA-Z0-9_:]*|[0-9.]+(?:[eE][-+]?[0-9]+)?[smhd]?|=~|!~|!=|==|>=|<=|\\S");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Set<String> FUNCTIONS =
            Set.of("rate", "increase", "avg_over_time", "histogram_quantile", "sum", "max", "min", "avg");
    private static final Set<String> GROUPINGS = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool");

    static Expression parse(String text) {
        Expression expression = new Expression(text, new LinkedHashMap<>(), new LinkedHashSet<>());
        expression.read(tokens(text));
        return expression;
    }

    private static List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            tokens.add(matcher.group());
        }
        return tokens;
    }

    private void read(List<String> tokens) {
        int at = 0;
        while (at < tokens.size()) {
            String token = tokens.get(at++);
            String next = at < tokens.size() ? tokens.get(at) : "";
            if (!NAME.matcher(token).matches() || OPERATORS.contains(token)) {
                continue;
            }
            if (GROUPINGS.contains(token) && next.equals("(")) {
                at = names(tokens, at, ")", grouped);
            } else if (!FUNCTIONS.contains(token) || !(next.equals("(") || GROUPINGS.contains(next))) {
                Set<String> labels = metrics.computeIfAbsent(token, name -> new LinkedHashSet<>());
                at = next.equals("{") ? names(tokens, at, "}", labels) : at;
            }
        }
    }

    /** Takes the names up to {@code end}; strings and operators are not names. Returns what follows it. */
    private static int names(List<String> tokens, int from, String end, Set<String> into) {
        int at = from;
        while (!tokens.get(at).equals(end)) {
            if (NAME.matcher(tokens.get(at)).matches()) {
                into.add(tokens.get(at));
            }
            at++;
        }
        return at + 1;
    }
}
