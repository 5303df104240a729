/**
 * Shows results: tables for people, JSON for machines, a progress bar meanwhile, and the machine they were measured on.
 *
 * <p>Does not measure or interpret. Entry type: {@link dev.foretoken.bench.report.Table}. Called from the main thread, except
 * {@link dev.foretoken.bench.report.ProgressBar}, which any thread may update.
 */
@NullMarked
package dev.foretoken.bench.report;

import org.jspecify.annotations.NullMarked;
