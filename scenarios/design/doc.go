// Package design plans experiments of many runs and reads their results.
//
//   - Axis: one setting and the values it takes, read from text such as
//     "neuron.window=16,32,64" or "neuron.learning.rate=log(0.1,10,5)";
//   - Plan: the points that axes span, crossed, zipped or sampled, and the
//     replicates of each, with a seed of their own;
//   - Table: settings × scores of every run, one row a run;
//   - Interval, Effect: means, confidence intervals and effect sizes.
//
// A plan is plain data: the same text, sample and base seed give the same plan.
// Who runs it, and where results are kept, is not this package's business.
package design
