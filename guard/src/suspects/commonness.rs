//! How common a word is in any project: counted in the commits of 28 public repositories in ten languages, services
//! and what operates them, each repository counting the same (`bench/suspects/common_words.py`).
//!
//! Among a handful of changes a common word can look rare; a rare one says more.

use super::words::stemmed;

/// In a fifth of all commits or more.
const EVERYWHERE: &str = "add api app base case change check class com config create data def default dev diff end error false file \
    fix get git https index key list log mod name new none null object path remove request require return run \
    self service set string support test true type update use user value version";

/// In a tenth or more.
const OFTEN: &str = "access action admin allow application args assert auth block bug build cache call client close code command \
    commit common conf configuration container content context controller copy count current delete description \
    details docs driver enabled equal exception exists expect failed find first format found func generate \
    github group handle headers help host html image import include info instance int item job json lib link \
    load local lock main make manager map max message method models module need net network nil node number \
    options org package page param parse pass patch port process project provider public query raise read ref \
    release resource response result root see server signed size source spec src start state status store tag \
    target task templates text time try unit url used using utils validate var views worker write yaml";

/// In a twentieth or more.
const SOMETIMES: &str = "account active address agent already always apache append apply array attr attributes authentication \
    available aws back backend bad bin blob body bool bot break bump bytes cfg changelog clean cloud cluster cmd \
    collection compare complete components compute condition configure connection const continue control core \
    currently database date debug defined dependency deploy deployment describe device dict different dir \
    directory disabled display document doesn domain edition either email empty encoding endpoint engine ensure \
    entry env environment erb event example execute extend extensions external extra factory failure fake \
    feature fetch field filter final flags fmt following form full function gem given global governing guid hash \
    href ignore implements information init initialize input install instead interface internal invalid issue \
    join keystone kind label language last latest len length let level license like limit limitations line \
    location long marker master match merge meta metadata migration min missing mock move msg multiple namespace \
    neutron next nova obj old open openstack operator order output override parameters part password permission \
    pkg plan plugin point policy pool post prefix presenter private product properties protocol publisher pull \
    put python range receive record reference register related remote render replace repo report repository \
    review revision right role route rule runtime save schema scope script search seconds section secure \
    security select send setup sha shared show single skip space specific specified split stack static stop \
    storage str struct summary super sure switch sync system table timeout title todo token tools txt unless \
    upgrade uri uuid valid variable verify volume wait want warning web wrapper www";

/// In a fortieth or more.
const NOW_AND_THEN: &str = "abc able above abstract accept actual actually additional addr against agreed allocation applicable \
    arguments assets assigned associated async attach attempts authored auto automatically avoid await azure \
    background bar basic basis begin behavior below binary binding bits blank boolean boot branch bucket buffer \
    button cannot catch cause child cinder cleanup clear cli clone color column comment compatible compliance \
    conn console constants constraint convert cookbooks copyright correct cpu credential css ctx custom daemon \
    dart days definitions delay dependabot depends deprecated deps destroy detected determine development \
    differential direct directly disk distributed div dns docker documentation dot download drop dump duplicate \
    duration ease echo effect element elif errorf even exc exec exit expired export express ext filename \
    finished fixtures float foo force frontend functional future gemfile generic gmail google got govuk happens \
    health heat hidden home hostname hub identifier identity ids impl implementation indicates infra initial \
    integer integration interval ironic isn keep kernel kubernetes kwargs large later law least left legacy \
    library linux listen live localhost login look lookup lower machine made management manifests many maximum \
    means member memory metrics microsoft middleware minutes mixin modified monitoring mount multi never newline \
    notification notify num obtain optional origin original oslo otherwise parent partial pattern payload \
    perform phabricator php pipe place platform please possible pre prevent previous primary print problem \
    profile prometheus props protected proxy pub puppet push queue rails random rather raw readme reason redhat \
    redirect region registry rel releasenotes reload rename renderer replication req requirements res reserved \
    reset resolved resp rest restart retrieve retry rev row rpc rst ruby safe samples scheduler sdk secret \
    semver separate session side simple site six small snapshot socket software something sort span sprintf sql \
    sqlalchemy ssh ssl stable staging standard step stream stub style sub submit subnet success swift sys take \
    tcp temp tenant terraform thanos things thread throw timestamp tmp top topic total tracker transaction \
    translation travis tree trigger unique unittest unknown upload usage username usr utf virtual void \
    warranties way well whether width windows within wrong wsgi xml yet yml zero zone";

/// What a word of each list weighs: about the logarithm of how rare it is, beside one that stands nowhere else.
const LISTS: [(&str, f64); 4] = [
    (EVERYWHERE, 0.3),
    (OFTEN, 0.5),
    (SOMETIMES, 0.65),
    (NOW_AND_THEN, 0.8),
];

/// Stems with their weights, by hash.
pub(super) struct Commonness(Vec<(u64, f64)>);

impl Commonness {
    pub(super) fn new() -> Self {
        let of = |(words, weight): (&'static str, f64)| {
            words
                .split_whitespace()
                .map(move |word| (stemmed(word), weight))
        };
        let mut known: Vec<(u64, f64)> = LISTS.into_iter().flat_map(of).collect();
        known.sort_by_key(|(hash, _)| *hash);
        Self(known)
    }

    /// 1 for a word that hardly any commit has, less for common ones.
    pub(super) fn weight(&self, hash: u64) -> f64 {
        let found = self.0.binary_search_by_key(&hash, |(hash, _)| *hash);
        found.map_or(1.0, |at| self.0[at].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_every_commit_says_less_than_what_hardly_any_has() {
        let known = Commonness::new();
        assert!(known.weight(stemmed("use")) < known.weight(stemmed("retry")));
        assert!(known.weight(stemmed("retry")) < known.weight(stemmed("idempotency")));
    }
}
