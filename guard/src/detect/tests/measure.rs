//! What is kept of each signal for reports, whether it moved or not.

use super::super::*;

/// Three stable instances and a canary that has served since 0, at 20 requests per second each; `bad` of the
/// canary's fail from second 20 on.
fn canary(bad: f64) -> Detector {
    let errors = SignalSpec::new("errors", SignalKind::Ratio, Direction::Up);
    let up = SignalSpec::new("up", SignalKind::Availability, Direction::Up).with_limits(
        Some(0.01),
        Some(0.05),
        0.99,
    );
    let comparison = Comparison::CanaryVsStable { canary_share: None };
    let mut detector = Detector::new(WatchSpec::new(comparison, 0.0, 1.0, vec![errors, up]));
    let names = ["a", "b", "c", "d"];
    let mut series = Vec::new();
    for name in names {
        let role = if name == "d" {
            Role::Canary
        } else {
            Role::Stable
        };
        for what in [Use::Total, Use::Bad] {
            series.push(detector.declare(&SeriesSpec {
                uses: vec![("errors".to_owned(), what)],
                instance: name.to_owned(),
                role,
            }));
        }
    }
    let mut failed = 0.0;
    for second in -60..60_i32 {
        let t = f64::from(second);
        let served = 20.0 * (t + 100.0);
        if second >= 20 {
            failed += 20.0 * bad;
        }
        for (place, pair) in series.chunks(2).enumerate() {
            let canary = place == 3;
            if canary && second < 1 {
                continue;
            }
            // Its counters begin with its process.
            let served = if canary { 20.0 * t } else { served };
            detector.push(pair[0], t, Sample::Value(served));
            let bad = if canary { failed } else { 0.02 * served };
            detector.push(pair[1], t, Sample::Value(bad));
        }
        detector.tick(t);
    }
    detector
}

#[test]
fn a_signal_that_did_not_move_has_its_numbers_and_its_course_all_the_same() {
    let measured = canary(0.02).measured();
    let errors = &measured[0];
    let (before, after) = (errors.before.unwrap(), errors.after.unwrap());
    assert!((before - 0.02).abs() < 0.01, "{before}");
    assert!(after < 0.03, "{after}");
    let change = errors.change.unwrap();
    assert!(change.interval.0 < change.effect && change.effect < change.interval.1);
    assert!(change.window_s > 20.0, "{change:?}");
    assert!(errors.nearness < 1.0, "{}", errors.nearness);
    assert!(errors.smallest_visible.is_some() && errors.tolerated.is_some());
    assert_eq!(errors.no_data, None);
    assert!(errors.past.values.len() > 5 && errors.past.values.len() <= 12);
    assert!(errors.course.values.len() > 10 && errors.course.values.len() <= 24);
}

#[test]
fn what_moved_is_counted_on_each_side_and_seen_in_the_course() {
    let measured = canary(0.5).measured();
    let errors = &measured[0];
    assert!(errors.nearness > 1.0, "{}", errors.nearness);
    let (counted, control) = (errors.counted.unwrap(), errors.control.unwrap());
    // 59 seconds of one instance, of three instances.
    assert!((counted.total - 1180.0).abs() < 60.0, "{counted:?}");
    assert!((counted.bad - 400.0).abs() < 20.0, "{counted:?}");
    assert!((control.total - 3540.0).abs() < 180.0, "{control:?}");
    let course: Vec<f64> = errors.course.values.iter().flatten().copied().collect();
    let (first, last) = (course[2], course[course.len() - 1]);
    assert!(first < 0.05 && last > 0.4, "{course:?}");
    let beside: Vec<f64> = errors.beside.values.iter().flatten().copied().collect();
    assert_eq!(errors.beside.values.len(), errors.course.values.len());
    assert!(beside.iter().all(|value| *value < 0.05), "{beside:?}");
    let past: Vec<f64> = errors.past.values.iter().flatten().copied().collect();
    assert!(
        past.iter().all(|value| (value - 0.02).abs() < 0.005),
        "{past:?}"
    );
}

#[test]
fn a_signal_without_series_says_why_and_no_number_is_made_up() {
    let measured = canary(0.0).measured();
    let up = &measured[1];
    assert!(up.no_data.is_some());
    assert_eq!((up.after, up.change, up.counted), (None, None, None));
    assert!(up.course.values.is_empty());
    // Stated as the share that was answered.
    assert_eq!(up.direction, Direction::Down);
    assert_eq!((up.limits.warn, up.limits.hard), (Some(0.99), Some(0.95)));
    for measure in &measured {
        let written = serde_json::to_string(measure).unwrap();
        let read: Measure = serde_json::from_str(&written).unwrap();
        assert_eq!(*measure, read, "{written}");
    }
}

#[test]
fn of_a_histogram_whose_new_instance_has_not_answered_yet_there_is_no_quantile() {
    let latency = SignalSpec::new("latency", SignalKind::Histogram, Direction::Up);
    let comparison = Comparison::CanaryVsStable { canary_share: None };
    let mut detector = Detector::new(WatchSpec::new(comparison, 0.0, 1.0, vec![latency]));
    let buckets = [0.1, 1.0, f64::INFINITY];
    let mut declared = Vec::new();
    for (name, role) in [("a", Role::Stable), ("b", Role::Canary)] {
        for le in buckets {
            declared.push(detector.declare(&SeriesSpec {
                uses: vec![("latency".to_owned(), Use::Bucket { le })],
                instance: name.to_owned(),
                role,
            }));
        }
    }
    assert_eq!(detector.measured()[0].p95, None);
    for second in -30..0_i32 {
        let t = f64::from(second);
        for (place, series) in declared.iter().take(buckets.len()).enumerate() {
            let served = 20.0 * (t + 100.0) * (place as f64 + 1.0);
            detector.push(*series, t, Sample::Value(served));
        }
        detector.tick(t);
        assert_eq!(detector.measured()[0].p95, None);
    }
}
