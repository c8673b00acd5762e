// Package design plans experiments of many runs and reads their results.
//
//   - Axis: one setting and its values, read from text such as "neuron.window=16,32,64" or
//     "neuron.learning.rate=log(0.1,10,5)";
//   - Plan: the points that axes span, crossed, zipped or sampled, and the replicates of
//     each point, each with its own seed;
//   - Table: settings × scores, one row for each run;
//   - Interval, Effect: means, confidence intervals and effect sizes.
//
// A plan is plain data: the same text, sample and base seed give the same plan. This
// package neither runs a plan nor stores results.
package design
