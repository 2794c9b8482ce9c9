# 话题回复、频道通知和时间线的外层文案。
notice-headline = { $lead }：{ $what }
timeline-gap = +{ $duration }
