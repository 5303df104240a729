/**
 * Owns jobs of requests: which files they take, which states they pass, who is served first, what their answers look like in files.
 *
 * <p>Does not know how a request is run ({@link dev.foretoken.batch.job.JobTransport}), nor where rows and bytes lie ({@link
 * dev.foretoken.batch.store.BatchStore}). Entry types: {@link dev.foretoken.batch.job.BatchFiles} and {@link
 * dev.foretoken.batch.job.BatchJobs}, which any thread calls, and {@link dev.foretoken.batch.job.JobRunner}, which has a thread of its own.
 */
@NullMarked
package dev.foretoken.batch.job;

import org.jspecify.annotations.NullMarked;
