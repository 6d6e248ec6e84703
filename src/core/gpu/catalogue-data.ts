// SPDX-License-Identifier: AGPL-3.0-or-later
// Compiled from data/ by scripts/build-catalogue.mjs. Do not edit: change the tables and run `npm run catalogue`.

/** When the sources were read, `YYYY-MM-DD`. */
export const CATALOGUE_DATE = '2026-11-20';

/** One GPU a line: device, family, GT, SKU text, name text, line in pciids.h, parts of the evidence. */
export const GPU_ROWS = `
7121	0		0	1	49	0 1
7123	0		2	3	50	0 1
7125	0		4	5	51	0 1
1132	1		6	7	54	2 1
3577	2			8	57	3 4
2562	3			9	60	5 6
3582	4		a	b	63	7 8
358e	4			c	64	7 8
2572	5		d	e	67	9 a
2582	6		f	g	70	b c
258a	6		h	i	71	b c
2592	7		j	k	74	d e
2772	8		l	m	77	f g
27a2	9		n	o	80	h i
27ae	9		p	q	81	h i
2972	a		r	s	84	j k
2982	a		t	u	85	j k
2992	a		v	w	86	j k
29a2	a		x	y	87	j k
29b2	b		z	10	90	l m
29c2	b		11	12	91	l m
29d2	b		13	14	92	l m
2a02	c		15	16	95	n o
2a12	c		17	18	96	n o
2a42	d		19	1a	99	p q
2e02	e		1b	1c	102	r s
2e12	e		1d	1c	103	r s
2e22	e		1e	1c	104	r s
2e32	e		1f	1c	105	r s
2e42	e		1g	1c	106	r s
2e92	e		1h	1c	107	r s
a001	f			1i	110	t u
a011	f			1i	113	v w
0042	g			1j	120	x y
0046	h			1j	123	z 10
0102	i	GT1		1k	130	11 12
010a	i	GT1		1l	131	11 12
0112	i	GT2		1k	134	13 14
0122	i	GT2		1k	135	13 14
0106	i	GT1		1k	142	15 16
0116	i	GT2		1k	145	17 18
0126	i	GT2		1k	146	17 18
0156	j	GT1	1m	1n	157	19 1a
0166	j	GT2	1o	1p	160	1b 1c
0152	j	GT1	1q	1r	167	1d 1e
015a	j	GT1	1s	1t	168	1d 1e
0162	j	GT2	1u	1v	171	1f 1g
016a	j	GT2	1w	1r	172	1f 1g
0a02	k	GT1	1x		186	1h 1i
0a06	k	GT1	1y	1z	187	1h 1i
0a0a	k	GT1	20		188	1h 1i
0a0b	k	GT1	21		189	1h 1i
0a0e	k	GT1	22		192	1j 1i
0402	k	GT1	1q	23	197	1k 1i
0406	k	GT1	1m	24	198	1k 1i
040a	k	GT1	1s	25	199	1k 1i
040b	k	GT1	26		200	1k 1i
040e	k	GT1	26		201	1k 1i
0c02	k	GT1	27		202	1k 1i
0c06	k	GT1	28		203	1k 1i
0c0a	k	GT1	29		204	1k 1i
0c0b	k	GT1	2a		205	1k 1i
0c0e	k	GT1	2a		206	1k 1i
0d02	k	GT1	2b		207	1k 1i
0d06	k	GT1	2c		208	1k 1i
0d0a	k	GT1	2d		209	1k 1i
0d0b	k	GT1	2e		210	1k 1i
0d0e	k	GT1	2e		211	1k 1i
0a12	k	GT2	2f		214	1l 1m
0a16	k	GT2	2g	1z	215	1l 1m
0a1a	k	GT2	2h		216	1l 1m
0a1b	k	GT2	2i		217	1l 1m
0a1e	k	GT2	2j		220	1n 1m
0412	k	GT2	1u	23	225	1o 1m
0416	k	GT2	1o	2k	226	1o 1m
041a	k	GT2	1w	25	227	1o 1m
041b	k	GT2	2l		228	1o 1m
041e	k	GT2	2l	2m	229	1o 1m
0c12	k	GT2	2n		230	1o 1m
0c16	k	GT2	2o		231	1o 1m
0c1a	k	GT2	2p		232	1o 1m
0c1b	k	GT2	2q		233	1o 1m
0c1e	k	GT2	2q		234	1o 1m
0d12	k	GT2	2r	2s	235	1o 1m
0d16	k	GT2	2t	2s	236	1o 1m
0d1a	k	GT2	2u		237	1o 1m
0d1b	k	GT2	2v		238	1o 1m
0d1e	k	GT2	2v		239	1o 1m
0a22	k	GT3	2w	1z	242	1p 1q
0a26	k	GT3	2x	1z	243	1p 1q
0a2a	k	GT3	2y	1z	244	1p 1q
0a2b	k	GT3	2z		245	1p 1q
0a2e	k	GT3	2z	1z	246	1p 1q
0422	k	GT3	30		250	1r 1q
0426	k	GT3	31		251	1r 1q
042a	k	GT3	32		252	1r 1q
042b	k	GT3	33		253	1r 1q
042e	k	GT3	33		254	1r 1q
0c22	k	GT3	34		255	1r 1q
0c26	k	GT3	35		256	1r 1q
0c2a	k	GT3	36		257	1r 1q
0c2b	k	GT3	37		258	1r 1q
0c2e	k	GT3	37		259	1r 1q
0d22	k	GT3	38	39	260	1r 1q
0d26	k	GT3	3a	2s	261	1r 1q
0d2a	k	GT3	3b		262	1r 1q
0d2b	k	GT3	3c		263	1r 1q
0d2e	k	GT3	3c		264	1r 1q
0f30	l				272	1s 1t
0f31	l			3d	273	1s 1t
0f32	l				274	1s 1t
0f33	l				275	1s 1t
1606	m	GT1	3e	3f	278	1u 1v 1w
160b	m	GT1	3g	3h	279	1u 1v 1w
160e	m	GT1	3i	3h	282	1x 1v 1w
1602	m	GT1	3e	3h	287	1y 1v 1w
160a	m	GT1	3j	3h	288	1y 1v 1w
160d	m	GT1	3k	3h	289	1y 1v 1w
1616	m	GT2	3l	3m	292	1z 20 1w
161b	m	GT2	3l	3h	293	1z 20 1w
161e	m	GT2	3n	3o	296	21 20 1w
1612	m	GT2	3p	3q	301	22 20 1w
161a	m	GT2	3r	3h	302	22 20 1w
161d	m	GT2	3s	3h	303	22 20 1w
1626	m	GT3	3t	3u	306	23 24 1w
162b	m	GT3	3v	3w	307	23 24 1w
162e	m	GT3	3x	3h	310	25 24 1w
1622	m	GT3	3t	3y	315	26 24 1w
162a	m	GT3	3z	40	316	26 24 1w
162d	m	GT3	41	3h	317	26 24 1w
1636	m		3t	3h	320	27 28 1w
163b	m		3v	3h	321	27 28 1w
163e	m		3x	3h	324	29 28 1w
1632	m		3t	3h	329	2a 28 1w
163a	m		3z	3h	330	2a 28 1w
163d	m		41	3h	331	2a 28 1w
22b0	n			42	340	2b 2c
22b1	n			42	341	2b 2c
22b2	n				342	2b 2c
22b3	n				343	2b 2c
1906	o	GT1	43	44	346	2d 2e 1w
1913	o	GT1	45		347	2d 2e 1w
190e	o	GT1	46		350	2f 2e 1w
1915	o	GT1	47		351	2f 2e 1w
1902	o	GT1	48	49	356	2g 2e 1w
190a	o	GT1	4a		357	2g 2e 1w
190b	o	GT1	4b	4c	358	2g 2e 1w
1917	o	GT1	4d		359	2g 2e 1w
1916	o	GT2	4e	4f	362	2h 2i 1w
1921	o	GT2	4g	4h	363	2h 2i 1w
191e	o	GT2	4i	4j	366	2j 2i 1w
1912	o	GT2	4k	4l	371	2k 2i 1w
191a	o	GT2	4m		372	2k 2i 1w
191b	o	GT2	4n	4o	373	2k 2i 1w
191d	o	GT2	4p	4q	374	2k 2i 1w
1923	o	GT3	4r	4s	377	2l 2m 1w
1926	o	GT3	4t	4u	378	2l 2m 1w
1927	o	GT3	4t	4v	379	2l 2m 1w
192a	o	GT3	4w		383	2n 2m 1w
192b	o	GT3	4x	4y	384	2n 2m 1w
192d	o	GT3	4z	50	385	2n 2m 1w
1932	o	GT4	51	52	388	2o 2p 1w
193a	o	GT4	53	54	389	2o 2p 1w
193b	o	GT4	55	56	390	2o 2p 1w
193d	o	GT4	57	54	391	2o 2p 1w
0a84	p				400	2q 2r 1w
1a84	p				401	2q 2r 1w
1a85	p				402	2q 2r 1w
5a84	p		58	59	403	2q 2r 1w
5a85	p		5a	5b	404	2q 2r 1w
3184	q			5c	407	2s 2t
3185	q			5d	408	2s 2t
5906	r	GT1	43	5e	411	2u 2v 1w
5913	r	GT1	45		412	2u 2v 1w
590e	r	GT1	46		415	2w 2v 1w
5915	r	GT1	47		416	2w 2v 1w
5902	r	GT1	48	5f	421	2x 2v 1w
5908	r	GT1	4b		422	2x 2v 1w
590a	r	GT1	4a		423	2x 2v 1w
590b	r	GT1	4b	5g	424	2x 2v 1w
5916	r	GT2	4e	5h	427	2y 2z 1w
5921	r	GT2	4g	5i	428	2y 2z 1w
591e	r	GT2	4i	5j	431	30 2z 1w
5912	r	GT2	4k	5k	436	31 2z 1w
5917	r	GT2	5l	5m	437	31 2z 1w
591a	r	GT2	4m		438	31 2z 1w
591b	r	GT2	4n	5n	439	31 2z 1w
591d	r	GT2	4p	5o	440	31 2z 1w
5926	r	GT3	4r	5p	443	32 33 1w
5923	r	GT3	4r	5q	447	34 33 1w
5927	r	GT3	4r	5r	448	34 33 1w
593b	r	GT4	5s		451	35 36 1w
591c	s	GT2	4i	5t	455	37 38 1w
87c0	t	GT2	4i	5u	456	37 38 1w
3e90	u	GT1	4a	5v	504	39 3a 1w
3e93	u	GT1	4a	5v	505	39 3a 1w
3e99	u	GT1	4a		506	39 3a 1w
3e91	u	GT2	4m	5w	509	3b 3c 1w
3e92	u	GT2	4m	5w	510	3b 3c 1w
3e96	u	GT2	4m	5x	511	3b 3c 1w
3e98	u	GT2	4m	5w	512	3b 3c 1w
3e9a	u	GT2	4m	5y	513	3b 3c 1w
3e9c	u	GT1		5z	517	3d 3e 1w
3e94	u	GT2	4n	5y	520	3f 3g 1w
3e9b	u	GT2	4n	60	521	3f 3g 1w
3ea9	u	GT2		61	525	3h 3i 1w
3ea5	u	GT3	4r	62	529	3j 3k 1w
3ea6	u	GT3	4r	63	530	3j 3k 1w
3ea7	u	GT3	4r		531	3j 3k 1w
3ea8	u	GT3	4r	64	532	3j 3k 1w
87ca	v	GT2		5u	460	3l 3m 1w
3ea1	w	GT1		65	545	3n 3o 1w
3ea4	w	GT1			546	3n 3o 1w
3ea0	w	GT2		66	550	3p 3q 1w
3ea3	w	GT2			551	3p 3q 1w
3ea2	w	GT3			555	3r 3s 1w
9ba2	x	GT1			464	3t 3u 1w
9ba4	x	GT1		67	465	3t 3u 1w
9ba5	x	GT1			466	3t 3u 1w
9ba8	x	GT1		68	467	3t 3u 1w
9bc2	x	GT2			476	3v 3w 1w
9bc4	x	GT2		69	477	3v 3w 1w
9bc5	x	GT2		6a	478	3v 3w 1w
9bc6	x	GT2		6b	479	3v 3w 1w
9bc8	x	GT2		6a	480	3v 3w 1w
9be6	x	GT2		6b	481	3v 3w 1w
9bf6	x	GT2		5y	482	3v 3w 1w
9b21	x	GT1		6c	470	3x 3y 1w
9baa	x	GT1		6d	471	3x 3y 1w
9bac	x	GT1		6d	472	3x 3y 1w
9b41	x	GT2		6e	485	3z 40 1w
9bca	x	GT2		6d	486	3z 40 1w
9bcc	x	GT2		6d	487	3z 40 1w
5a44	y				564	41 1
5a4c	y				565	41 1
5a54	y				566	41 1
5a5c	y				567	41 1
5a40	y				571	42 1
5a41	y				572	42 1
5a42	y				573	42 1
5a49	y				574	42 1
5a4a	y				575	42 1
5a50	y				576	42 1
5a51	y				577	42 1
5a52	y				578	42 1
5a59	y				579	42 1
5a5a	y				580	42 1
8a50	z				584	43 44
8a52	z			6f	585	43 44
8a53	z			6f	586	43 44
8a54	z				587	43 44
8a56	z			6g	588	43 44
8a57	z				589	43 44
8a58	z			6h	590	43 44
8a59	z				591	43 44
8a5a	z			6i	592	43 44
8a5b	z				593	43 44
8a5c	z			6i	594	43 44
8a70	z				595	43 44
8a71	z				596	43 44
8a51	z			6j	600	45 44
8a5d	z				601	45 44
4541	10				605	46 47
4551	10				606	46 47
4555	10			6k	607	46 47
4557	10				608	46 47
4570	10				609	46 47
4571	10			6l	610	46 47
4e51	11				614	48 49
4e55	11			6m	615	48 49
4e57	11				616	48 49
4e61	11			6m	617	48 49
4e71	11			6m	618	48 49
9a60	12	GT1		6n	622	4a 4b 4c 4d
9a68	12	GT1		6n	623	4a 4b 4c 4d
9a70	12	GT1		6o	624	4a 4b 4c 4d
9a40	12	GT2		6p	627	4e 4b 4c 4d
9a49	12	GT2		6q	628	4e 4b 4c 4d
9a59	12	GT2			629	4e 4b 4c 4d
9a78	12	GT2		6r	630	4e 4b 4c 4d
9ac0	12	GT2			631	4e 4b 4c 4d
9ac9	12	GT2			632	4e 4b 4c 4d
9ad9	12	GT2			633	4e 4b 4c 4d
9af8	12	GT2			634	4e 4b 4c 4d
4c80	13				642	4f 4g 4h 4i
4c8a	13			6s	643	4f 4g 4h 4i
4c8b	13			6t	644	4f 4g 4h 4i
4c8c	13				645	4f 4g 4h 4i
4c90	13			6u	646	4f 4g 4h 4i
4c9a	13			6v	647	4f 4g 4h 4i
4905	14			6w	651	4j 4k 4l 4m
4906	14			6x	652	4j 4k 4l 4m
4907	14			6y	653	4j 4k 4l 4m
4908	14			6z	654	4j 4k 4l 4m
4909	14			70	655	4j 4k 4l 4m
4680	15			71	659	4n 4o 4p 4q
4682	15			72	660	4n 4o 4p 4q
4688	15			73	661	4n 4o 4p 4q
468a	15			74	662	4n 4o 4p 4q
468b	15			74	663	4n 4o 4p 4q
4690	15			71	664	4n 4o 4p 4q
4692	15			72	665	4n 4o 4p 4q
4693	15			75	666	4n 4o 4p 4q
46a0	16			76	670	4r 4s 4t 4u
46a1	16			77	671	4r 4s 4t 4u
46a2	16				672	4r 4s 4t 4u
46a3	16			78	673	4r 4s 4t 4u
46a6	16			79	674	4r 4s 4t 4u
46a8	16			7a	675	4r 4s 4t 4u
46aa	16			7b	676	4r 4s 4t 4u
462a	16			7c	677	4r 4s 4t 4u
4626	16			7d	678	4r 4s 4t 4u
4628	16			7e	679	4r 4s 4t 4u
46b0	16			7f	680	4r 4s 4t 4u
46b1	16			7f	681	4r 4s 4t 4u
46b2	16				682	4r 4s 4t 4u
46b3	16			7g	683	4r 4s 4t 4u
46c0	16			7h	684	4r 4s 4t 4u
46c1	16			7i	685	4r 4s 4t 4u
46c2	16				686	4r 4s 4t 4u
46c3	16			7j	687	4r 4s 4t 4u
46d0	17			7k	691	4v 4w 4x 4y
46d1	17			7k	692	4v 4w 4x 4y
46d2	17			7k	693	4v 4w 4x 4y
46d3	18			7l	694	4v 4w 4x 4y
46d4	18			7l	695	4v 4w 4x 4y
a780	19			7m	699	4z 50 51 52
a781	19			7n	700	4z 50 51 52
a782	19			7n	701	4z 50 51 52
a783	19			7n	702	4z 50 51 52
a788	19			7n	703	4z 50 51 52
a789	19			7n	704	4z 50 51 52
a78a	19			7n	705	4z 50 51 52
a78b	19			7n	706	4z 50 51 52
a721	1a			7o	710	53 54 55 56
a7a1	1a			7p	711	53 54 55 56
a7a9	1a			7o	712	53 54 55 56
a7ac	1a			7q	713	53 54 55 56
a7ad	1a			7q	714	53 54 55 56
a720	1b			7o	718	57 58 59 5a
a7a0	1b			7p	719	57 58 59 5a
a7a8	1b			7o	720	57 58 59 5a
a7aa	1b			7r	721	57 58 59 5a
a7ab	1b			7r	722	57 58 59 5a
56a0	1c			7s	726	5b 5c 5d 5e
56a1	1c			7t	727	5b 5c 5d 5e
56a2	1c			7u	728	5b 5c 5d 5e
56be	1c			7v	731	5f 5c 5d 5e
56bf	1c			7w	732	5f 5c 5d 5e
5690	1c			7x	735	5g 5c 5d 5e
5691	1c			7y	736	5g 5c 5d 5e
5692	1c			7z	737	5g 5c 5d 5e
56a5	1c			80	745	5h 5c 5d 5e
56a6	1c			81	746	5h 5c 5d 5e
56b0	1c			82	747	5h 5c 5d 5e
56b1	1c			83	748	5h 5c 5d 5e
56ba	1c			84	751	5i 5c 5d 5e
56bb	1c			85	752	5i 5c 5d 5e
56bc	1c			86	753	5i 5c 5d 5e
56bd	1c			87	754	5i 5c 5d 5e
5693	1c			88	757	5j 5c 5d 5e
5694	1c			89	758	5j 5c 5d 5e
5695	1c			8a	759	5j 5c 5d 5e
56a3	1c			8b	767	5k 5c 5d 5e
56a4	1c			8b	768	5k 5c 5d 5e
56b2	1c			8c	769	5k 5c 5d 5e
56b3	1c			8d	770	5k 5c 5d 5e
5696	1c			8e	773	5l 5c 5d 5e
5697	1c			8f	774	5l 5c 5d 5e
56c0	1d			8g	791	5m 5n 5o 5p
56c2	1d			8h	792	5m 5n 5o 5p
56c1	1d			8i	795	5q 5n 5o 5p
7d51	1e			8j	803	5r 5s 5t 5u
7dd1	1e			8k	804	5r 5s 5t 5u
7d41	1e			8l	807	5v 5s 5t 5u
7d67	1e			8m	810	5w 5s 5t 5u
b640	1e			8n	811	5w 5s 5t 5u
7d40	1f			8o	820	5x 5y 5z 60
7d45	1f			8p	821	5x 5y 5z 60
7d55	1f			8q	825	61 5y 5z 60
7d60	1f			8o	826	61 5y 5z 60
7dd5	1f			8p	827	61 5y 5z 60
0b69	1g			8r	831	62 1
0b6e	1g			8s	832	62 1
0bd4	1g			8t	833	62 1
0bd5	1g			8u	834	62 1
0bd6	1g			8u	835	62 1
0bd7	1g			8v	836	62 1
0bd8	1g			8v	837	62 1
0bd9	1g			8w	838	62 1
0bda	1g			8w	839	62 1
0bdb	1g			8w	840	62 1
0be0	1g			8x	841	62 1
0be1	1g			8x	842	62 1
0be5	1g			8x	843	62 1
6420	1h			8y	847	63 1 64 65
64a0	1h			8z	848	63 1 64 65
64b0	1h			8y	849	63 1 64 65
e202	1i			90	853	66 1 67 68
e209	1j				854	66 1 67 68
e20b	1i			91	855	66 1 67 68
e20c	1i			92	856	66 1 67 68
e20d	1i			90	857	66 1 67 68
e210	1j			90	858	66 1 67 68
e211	1j			93	859	66 1 67 68
e212	1i			94	860	66 1 67 68
e216	1j			90	861	66 1 67 68
e220	1j			95	865	69 1 67 68
e221	1j			95	866	69 1 67 68
e222	1j			96	867	69 1 67 68
e223	1j			97	868	69 1 67 68
b080	1k			98	872	6a 1 6b 6c
b081	1k			99	873	6a 1 6b 6c
b082	1k			98	874	6a 1 6b 6c
b083	1k			99	875	6a 1 6b 6c
b084	1k			9a	876	6a 1 6b 6c
b085	1k			9b	877	6a 1 6b 6c
b086	1k			9a	878	6a 1 6b 6c
b087	1k			9b	879	6a 1 6b 6c
b08f	1k			9c	880	6a 1 6b 6c
b090	1k			9c	881	6a 1 6b 6c
b0a0	1k			9c	882	6a 1 6b 6c
b0b0	1k			9c	883	6a 1 6b 6c
fd80	1l			9d	887	6d 1 6e 6f
fd81	1l			9d	888	6d 1 6e 6f
d740	1m			9e	892	6g 1 6h 6i
d741	1m			9f	893	6g 1 6h 6i
d742	1m			9g	894	6g 1 6h 6i
d743	1m			9h	895	6g 1 6h 6i
d745	1m			9h	896	6g 1 6h 6i
d74a	1n			9e	897	6g 1 6i
d74b	1n			9e	898	6g 1 6i
674c	1o			9i	902	6j 1 6k 6l
674d	1p			9i	903	6j 1 6l
674e	1p			9i	904	6j 1 6l
674f	1p			9i	905	6j 1 6l
6750	1p			9i	906	6j 1 6l
d750	1q			9j	910	6m 1 6n
d751	1q			9j	911	6m 1 6n
d752	1q			9j	912	6m 1 6n
d753	1q			9j	913	6m 1 6n
d754	1q			9j	914	6m 1 6n
d755	1q			9j	915	6m 1 6n
d756	1q			9j	916	6m 1 6n
d757	1q			9j	917	6m 1 6n
d75f	1q			9j	918	6m 1 6n
d744	1r				896	6o 1 6h
`;

/** Texts of SKUs, names and descriptions, one a line. */
export const GPU_TEXTS = `
I810
82810 (CGC) Chipset Graphics Controller
I810_DC100
82810 DC-100 (CGC) Chipset Graphics Controller
I810_E
82810E DC-133 (CGC) Chipset Graphics Controller
I815
82815 Chipset Graphics Controller (CGC)
82830M/MG Integrated Graphics Controller
82845G/GL[Brookdale-G]/GE Chipset Integrated Graphics Device
I855_GM
82852/855GM Integrated Graphics Device
82854 GMCH Integrated Graphics Device
I865_G
82865G Integrated Graphics Controller
I915_G
82915G/GV/910GL Integrated Graphics Controller
E7221_G
E7221 Integrated Graphics Controller
I915_GM
Mobile 915GM/GMS/910GML Express Graphics Controller
I945_G
82945G/GZ Integrated Graphics Controller
I945_GM
Mobile 945GM/GMS, 943/940GML Express Integrated Graphics Controller
I945_GME
Mobile 945GSE Express Integrated Graphics Controller
I946_GZ
82946GZ/GL Integrated Graphics Controller
G35_G
82G35 Express Integrated Graphics Controller
I965_Q
82Q963/Q965 Integrated Graphics Controller
I965_G
82G965 Integrated Graphics Controller
Q35_G
82Q35 Express Integrated Graphics Controller
G33_G
82G33/G31 Express Integrated Graphics Controller
Q33_G
82Q33 Express Integrated Graphics Controller
I965_GM
Mobile GM965/GL960 Integrated Graphics Controller (primary)
I965_GME
Mobile GME965/GLE960 Integrated Graphics Controller
GM45_G
Mobile 4 Series Chipset Integrated Graphics Controller
IGD_E_G
4 Series Chipset Integrated Graphics Controller
Q45_G
G45_G
G41_G
B43_G
B43_G.1
Atom Processor D4xx/D5xx/N4xx/N5xx Integrated Graphics Controller
Core Processor Integrated Graphics Controller
2nd Generation Core Processor Family Integrated Graphics Controller
Xeon E3-1200 Processor Family Integrated Graphics Controller
GT1 mobile
Ivy Bridge mobile GT1 [HD Graphics]
GT2 mobile
Ivy Bridge mobile GT2 [HD Graphics 4000]
GT1 desktop
Xeon E3-1200 v2/3rd Gen Core processor Graphics Controller
GT1 server
Xeon E3-1200 v2/Ivy Bridge Graphics Controller
GT2 desktop
IvyBridge GT2 [HD Graphics 4000]
GT2 server
ULT GT1 desktop
ULT GT1 mobile
Haswell-ULT Integrated Graphics Controller
ULT GT1 server
ULT GT1 reserved
ULX GT1 mobile
Xeon E3-1200 v3/4th Gen Core Processor Integrated Graphics Controller
Haswell Integrated Graphics Controller
Xeon E3-1200 v3 Processor Integrated Graphics Controller
GT1 reserved
SDV GT1 desktop
SDV GT1 mobile
SDV GT1 server
SDV GT1 reserved
CRW GT1 desktop
CRW GT1 mobile
CRW GT1 server
CRW GT1 reserved
ULT GT2 desktop
ULT GT2 mobile
ULT GT2 server
ULT GT2 reserved
ULX GT2 mobile
4th Gen Core Processor Integrated Graphics Controller
GT2 reserved
4th Generation Core Processor Family Integrated Graphics Controller
SDV GT2 desktop
SDV GT2 mobile
SDV GT2 server
SDV GT2 reserved
CRW GT2 desktop
Crystal Well Integrated Graphics Controller
CRW GT2 mobile
CRW GT2 server
CRW GT2 reserved
ULT GT3 desktop
ULT GT3 mobile
ULT GT3 server
ULT GT3 reserved
GT3 desktop
GT3 mobile
GT3 server
GT3 reserved
SDV GT3 desktop
SDV GT3 mobile
SDV GT3 server
SDV GT3 reserved
CRW GT3 desktop
Crystal Well Integrated Iris Pro Graphics 5200
CRW GT3 mobile
CRW GT3 server
CRW GT3 reserved
Atom Processor Z36xxx/Z37xxx Series Graphics & Display
GT1 ULT
Broadwell-U GT1 [HD Graphics]
GT1 Iris
Broadwell-U Integrated Graphics
GT1 ULX
GT1 Server
GT1 Workstation
GT2 ULT
Broadwell-U GT2 [HD Graphics 5500]
GT2 ULX
Broadwell-Y GT2 [HD Graphics 5300]
GT2 Halo
Broadwell-H GT2 [HD Graphics 5600]
GT2 Server
GT2 Workstation
ULT
Broadwell-U GT3 [HD Graphics 6000]
Iris
Broadwell-U GT3 [Iris Graphics 6100]
ULX
Broadwell-DT/H GT3 [Iris Pro Graphics 6200]
Server
Broadwell-DT GT3 [Iris Pro Graphics P6300]
Workstation
Atom/Celeron/Pentium Processor x5-E8000/J3xxx/N3xxx Integrated Graphics Controller
ULT GT1
Skylake-U GT1 [HD Graphics 510]
ULT GT1.5
ULX GT1
ULX GT1.5
DT  GT1
Skylake-S GT1 [HD Graphics 510]
SRV GT1
Halo GT1
HD Graphics 510
DT  GT1.5
ULT GT2
Skylake-U GT2 [HD Graphics 520]
ULT GT2F
HD Graphics 520
ULX GT2
Skylake-Y GT2 [HD Graphics 515]
DT  GT2
Skylake-S GT2 [HD Graphics 530]
SRV GT2
Halo GT2
Skylake-H GT2 [HD Graphics 530]
WKS GT2
Skylake-DT/H GT2 [HD Graphics P530]
ULT GT3
HD Graphics 535
ULT GT3e
Skylake-U GT3 [Iris Graphics 540]
Skylake-U GT3 [Iris Graphics 550]
SRV GT3
Halo GT3e
Iris Graphics 555
SRV GT3e
Skylake-H GT3 [Iris Graphics P555]
DT GT4
Iris Pro Graphics 580
SRV GT4e
Skylake-H GT4 [Iris Pro Graphics P580]
Halo GT4e
Skylake-H GT4 [Iris Pro Graphics 580]
WKS GT4e
APL HD Graphics 505
Apollo Lake [HD Graphics 505]
APL HD Graphics 500
Apollo Lake GT1 [HD Graphics 500]
GeminiLake [UHD Graphics 605]
GeminiLake [UHD Graphics 600]
Kaby Lake-U GT1 [HD Graphics 610]
Kaby Lake-S GT1 [HD Graphics 610]
HD Graphics 610
Kaby Lake-U GT2 [HD Graphics 620]
HD Graphics 620
Kaby Lake-Y GT2 [HD Graphics 615]
Kaby Lake-S GT2 [HD Graphics 630]
Mobile GT2
Kaby Lake-R GT2 [UHD Graphics 620]
Kaby Lake-H GT2 [HD Graphics 630]
Kaby Lake-DT GT2 [HD Graphics P630]
Kaby Lake-U GT3 [Iris Plus Graphics 640]
HD Graphics 635
Kaby Lake-U GT3 [Iris Plus Graphics 650]
Halo GT4
UHD Graphics 615
UHD Graphics 617
CoffeeLake-S GT1 [UHD Graphics 610]
CoffeeLake-S GT2 [UHD Graphics 630]
CoffeeLake-S GT2 [UHD Graphics P630]
Coffee Lake-S GT2 [UHD Graphics P630]
Coffee Lake-S GT1 [UHD Graphics 610]
CoffeeLake-H GT2 [UHD Graphics 630]
Coffee Lake-U GT2 [UHD Graphics 620]
CoffeeLake-U GT3e [Iris Plus Graphics 655]
Coffee Lake-U GT3 [Iris Plus Graphics 645]
Coffee Lake-U GT3 [Iris Plus Graphics 655]
Whiskey Lake-U GT1 [UHD Graphics 610]
WhiskeyLake-U GT2 [UHD Graphics 620]
Comet Lake-H GT1 [UHD Graphics 610]
CometLake-S GT1 [UHD Graphics 610]
CometLake-H GT2 [UHD Graphics]
CometLake-S GT2 [UHD Graphics 630]
Comet Lake-S GT2 [UHD Graphics P630]
Comet Lake-U GT2 [UHD Graphics 620]
Comet Lake UHD Graphics
CometLake-U GT2 [UHD Graphics]
Iris Plus Graphics G7
Iris Plus Graphics G1 (Ice Lake)
Ice Lake-Y GT1 [UHD Graphics G1]
Iris Plus Graphics G4 (Ice Lake)
Iris Plus Graphics G7 (Ice Lake)
Elkhart Lake [UHD Graphics Gen11 16EU]
Elkhart Lake [UHD Graphics Gen11 32EU]
JasperLake [UHD Graphics]
TigerLake-H GT1 [UHD Graphics]
Tiger Lake-H GT1 [UHD Graphics]
Tiger Lake-UP4 GT2 [Iris Xe Graphics]
TigerLake-LP GT2 [Iris Xe Graphics]
Tiger Lake-LP GT2 [UHD Graphics G4]
RocketLake-S GT1 [UHD Graphics 750]
RocketLake-S GT1 [UHD Graphics 730]
RocketLake-S GT1 [UHD Graphics P750]
RocketLake-S [UHD Graphics]
DG1 [Iris Xe MAX Graphics]
DG1 [Iris Xe Pod]
SG1 [Server GPU SG-18M]
DG1 [Iris Xe Graphics]
DG1 [Iris Xe MAX 100]
Alder Lake-S GT1 [UHD Graphics 770]
Alder Lake-S GT1 [UHD Graphics 730]
Alder Lake-HX GT1 [UHD Graphics 770]
Alder Lake-S [UHD Graphics]
Alder Lake-S GT1 [UHD Graphics 710]
AlderLake-P GT2
UHD Graphics
Alder Lake-P GT1 [UHD Graphics]
Alder Lake-P GT2 [Iris Xe Graphics]
Alder Lake-UP3 GT2 [Iris Xe Graphics]
Alder Lake-UP4 GT2 [Iris Xe Graphics]
AlderLake-P [UHD Graphics]
Alder Lake-P Integrated Graphics Controller
Alder Lake-UP3 GT2 [UHD Graphics]
AlderLake-P [Iris Xe Graphics]
Alder Lake-UP3 GT1 [UHD Graphics]
AlderLake-M GT1
AlderLake-M [Iris Xe Graphics]
Alder Lake-UP4 GT1 [UHD Graphics]
Alder Lake-N [UHD Graphics]
Alder Lake-N [Intel Graphics]
Raptor Lake-S GT1 [UHD Graphics 770]
Raptor Lake-S UHD Graphics
Raptor Lake-P [UHD Graphics]
Raptor Lake-P [Iris Xe Graphics]
Raptor Lake-U [Intel Graphics]
Raptor Lake-P [Intel Graphics]
DG2 [Arc A770]
DG2 [Arc A750]
DG2 [Arc A580]
DG2 [Arc A750E]
DG2 [Arc A580E]
DG2 [Arc A770M]
DG2 [Arc A730M]
DG2 [Arc A550M]
DG2 [Arc A380]
DG2 [Arc A310]
DG2 [Arc Pro A30M]
DG2 [Arc Pro A40/A50]
DG2 [Arc A380E]
DG2 [Arc A310E]
DG2 [Arc A370E]
DG2 [Arc A350E]
DG2 [Arc A370M]
DG2 [Arc A350M]
DG2 [Iris Xe MAX A200M]
DG2 [Arc Xe Graphics]
DG2 [Arc Pro A60M]
DG2 [Arc Pro A60]
DG2 [Arc A570M]
DG2 [Arc A530M]
ATS-M [Data Center GPU Flex 170]
ATS-M [Data Center GPU Flex 170V]
ATS-M [Data Center GPU Flex 140]
Arrow Lake-P [Arc Pro 130T/140T]
Arrow Lake-P [Intel Graphics]
Arrow Lake-U [Intel Graphics]
Arrow Lake-S [Intel Graphics]
Arrow Lake-H [Intel Graphics]
Meteor Lake-M [Intel Graphics]
Meteor Lake-P [Intel Graphics]
Meteor Lake-P [Intel Arc Graphics]
Ponte Vecchio XT (2 Tile) [Data Center GPU Max 1450]
Ponte Vecchio XT (1 Tile) [Data Center GPU Max 1100C]
Ponte Vecchio XT (2 Tile) [Data Center GPU Max 1550VG]
Ponte Vecchio XT (2 Tile) [Data Center GPU Max 1550]
Ponte Vecchio XT (2 Tile) [Data Center GPU Max 1350]
Ponte Vecchio XT (1 Tile) [Data Center GPU Max 1100]
Atom Processor D2xxx/N2xxx Integrated Graphics Controller
Lunar Lake [Intel Graphics]
Core Ultra 200V Series Processors Arc Graphics 130V/140V GPU
Battlemage G21 [Intel Graphics]
Battlemage G21 [Arc B580]
Battlemage G21 [Arc B570]
Battlemage G21 [Arc Pro B60]
Battlemage G21 [Arc Pro B50]
Battlemage G31 [Intel Graphics]
Battlemage G31 [Arc Pro B65]
Battlemage G31 [Arc Pro B70]
Panther Lake [Arc B390]
Panther Lake [Arc B370]
Panther Lake [Arc Pro B390]
Panther Lake [Arc Pro B370]
Panther Lake [Intel Graphics]
Wildcat Lake [Intel Graphics]
NVL-S
NVL-U
NVL-H
NVL-HX
CRI
NVL-P
HD Audio controller (class 0403), carries HDMI audio
LPC / ISA bridge
Host bridge
Trusted Execution Engine (mei_me)
SMBus
SATA AHCI
USB xHCI
Imaging unit (not present on NUC6CAYH)
PCIe Port A #1
PCIe Port A #2
PCIe Port A #3
PCIe Port B #1
PCIe Port B #2
PCIe Port A #4
HD Audio controller seen with these platforms (chipset dependent; candidate, not proof)
`;

/** Parts of evidence, one a line; `#` stands for the line in pciids.h. */
export const EVIDENCE_PARTS = `
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_I810_IDS)
not in DKMS i915 pciidlist
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_I815_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_I830_IDS)
DKMS i915_pci.c:810 -> i830_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_I845G_IDS)
DKMS i915_pci.c:811 -> i845g_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_I85X_IDS)
DKMS i915_pci.c:812 -> i85x_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_I865G_IDS)
DKMS i915_pci.c:813 -> i865g_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_I915G_IDS)
DKMS i915_pci.c:814 -> i915g_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_I915GM_IDS)
DKMS i915_pci.c:815 -> i915gm_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_I945G_IDS)
DKMS i915_pci.c:816 -> i945g_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_I945GM_IDS)
DKMS i915_pci.c:817 -> i945gm_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_I965G_IDS)
DKMS i915_pci.c:818 -> i965g_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_G33_IDS)
DKMS i915_pci.c:819 -> g33_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_I965GM_IDS)
DKMS i915_pci.c:820 -> i965gm_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_GM45_IDS)
DKMS i915_pci.c:821 -> gm45_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_G45_IDS)
DKMS i915_pci.c:822 -> g45_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_PNV_G_IDS)
DKMS i915_pci.c:823 -> pnv_g_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_PNV_M_IDS)
DKMS i915_pci.c:824 -> pnv_m_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_ILK_D_IDS)
DKMS i915_pci.c:825 -> ilk_d_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_ILK_M_IDS)
DKMS i915_pci.c:826 -> ilk_m_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SNB_D_GT1_IDS)
DKMS i915_pci.c:827 -> snb_d_gt1_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SNB_D_GT2_IDS)
DKMS i915_pci.c:828 -> snb_d_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SNB_M_GT1_IDS)
DKMS i915_pci.c:829 -> snb_m_gt1_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SNB_M_GT2_IDS)
DKMS i915_pci.c:830 -> snb_m_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_IVB_M_GT1_IDS)
DKMS i915_pci.c:832 -> ivb_m_gt1_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_IVB_M_GT2_IDS)
DKMS i915_pci.c:833 -> ivb_m_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_IVB_D_GT1_IDS)
DKMS i915_pci.c:834 -> ivb_d_gt1_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_IVB_D_GT2_IDS)
DKMS i915_pci.c:835 -> ivb_d_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_HSW_ULT_GT1_IDS)
DKMS i915_pci.c:836 -> hsw_gt1_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_HSW_ULX_GT1_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_HSW_GT1_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_HSW_ULT_GT2_IDS)
DKMS i915_pci.c:837 -> hsw_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_HSW_ULX_GT2_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_HSW_GT2_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_HSW_ULT_GT3_IDS)
DKMS i915_pci.c:838 -> hsw_gt3_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_HSW_GT3_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_VLV_IDS)
DKMS i915_pci.c:839 -> vlv_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BDW_ULT_GT1_IDS)
DKMS i915_pci.c:840 -> bdw_gt1_info no has_sriov
7.3 i915/intel_gvt.c:57-73
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BDW_ULX_GT1_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BDW_GT1_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BDW_ULT_GT2_IDS)
DKMS i915_pci.c:841 -> bdw_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BDW_ULX_GT2_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BDW_GT2_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BDW_ULT_GT3_IDS)
DKMS i915_pci.c:842 -> bdw_gt3_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BDW_ULX_GT3_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BDW_GT3_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BDW_ULT_RSVD_IDS)
DKMS i915_pci.c:843 -> bdw_rsvd_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BDW_ULX_RSVD_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BDW_RSVD_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CHV_IDS)
DKMS i915_pci.c:844 -> chv_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SKL_ULT_GT1_IDS)
DKMS i915_pci.c:845 -> skl_gt1_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SKL_ULX_GT1_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SKL_GT1_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SKL_ULT_GT2_IDS)
DKMS i915_pci.c:846 -> skl_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SKL_ULX_GT2_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SKL_GT2_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SKL_ULT_GT3_IDS)
DKMS i915_pci.c:847 -> skl_gt3_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SKL_GT3_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_SKL_GT4_IDS)
DKMS i915_pci.c:848 -> skl_gt4_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BXT_IDS)
DKMS i915_pci.c:849 -> bxt_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_GLK_IDS)
DKMS i915_pci.c:850 -> glk_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_KBL_ULT_GT1_IDS)
DKMS i915_pci.c:851 -> kbl_gt1_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_KBL_ULX_GT1_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_KBL_GT1_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_KBL_ULT_GT2_IDS)
DKMS i915_pci.c:852 -> kbl_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_KBL_ULX_GT2_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_KBL_GT2_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_KBL_ULT_GT3_IDS)
DKMS i915_pci.c:853 -> kbl_gt3_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_KBL_GT3_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_KBL_GT4_IDS)
DKMS i915_pci.c:854 -> kbl_gt3_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_AML_KBL_GT2_IDS)
DKMS i915_pci.c:855 -> kbl_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CFL_S_GT1_IDS)
DKMS i915_pci.c:856 -> cfl_gt1_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CFL_S_GT2_IDS)
DKMS i915_pci.c:857 -> cfl_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CFL_H_GT1_IDS)
DKMS i915_pci.c:858 -> cfl_gt1_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CFL_H_GT2_IDS)
DKMS i915_pci.c:859 -> cfl_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CFL_U_GT2_IDS)
DKMS i915_pci.c:860 -> cfl_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CFL_U_GT3_IDS)
DKMS i915_pci.c:861 -> cfl_gt3_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_AML_CFL_GT2_IDS)
DKMS i915_pci.c:864 -> cfl_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_WHL_U_GT1_IDS)
DKMS i915_pci.c:862 -> cfl_gt1_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_WHL_U_GT2_IDS)
DKMS i915_pci.c:863 -> cfl_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_WHL_U_GT3_IDS)
DKMS i915_pci.c:865 -> cfl_gt3_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CML_GT1_IDS)
DKMS i915_pci.c:866 -> cml_gt1_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CML_GT2_IDS)
DKMS i915_pci.c:867 -> cml_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CML_U_GT1_IDS)
DKMS i915_pci.c:868 -> cml_gt1_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CML_U_GT2_IDS)
DKMS i915_pci.c:869 -> cml_gt2_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CNL_PORT_F_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CNL_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_ICL_PORT_F_IDS)
DKMS i915_pci.c:870 -> icl_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_ICL_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_EHL_IDS)
DKMS i915_pci.c:871 -> ehl_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_JSL_IDS)
DKMS i915_pci.c:872 -> jsl_info no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_TGL_GT1_IDS)
DKMS i915_pci.c:873 -> tgl_info has_sriov :646
DKMS xe_pci.c:443 -> tgl_desc has_sriov :175
7.3 xe_pci.c:518 -> tgl_desc has_sriov :216
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_TGL_GT2_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_RKL_IDS)
DKMS i915_pci.c:874 -> rkl_info no has_sriov
DKMS xe_pci.c:444 -> rkl_desc no has_sriov
7.3 xe_pci.c:519 -> rkl_desc no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_DG1_IDS)
DKMS i915_pci.c:878 -> dg1_info no has_sriov
DKMS xe_pci.c:451 -> dg1_desc no has_sriov
7.3 xe_pci.c:526 -> dg1_desc no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_ADLS_IDS)
DKMS i915_pci.c:875 -> adl_s_info has_sriov :684
DKMS xe_pci.c:445 -> adl_s_desc has_sriov :206
7.3 xe_pci.c:520 -> adl_s_desc has_sriov :249
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_ADLP_IDS)
DKMS i915_pci.c:876 -> adl_p_info has_sriov :695
DKMS xe_pci.c:446 -> adl_p_desc has_sriov :227
7.3 xe_pci.c:521 -> adl_p_desc has_sriov :271
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_ADLN_IDS)
DKMS i915_pci.c:877 -> adl_p_info has_sriov :695
DKMS xe_pci.c:447 -> adl_n_desc has_sriov :246
7.3 xe_pci.c:522 -> adl_n_desc has_sriov :291
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_RPLS_IDS)
DKMS i915_pci.c:879 -> adl_s_info has_sriov :684
DKMS xe_pci.c:450 -> adl_s_desc has_sriov :206
7.3 xe_pci.c:525 -> adl_s_desc has_sriov :249
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_RPLU_IDS)
DKMS i915_pci.c:880 -> adl_p_info has_sriov :695
DKMS xe_pci.c:448 -> adl_p_desc has_sriov :227
7.3 xe_pci.c:523 -> adl_p_desc has_sriov :271
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_RPLP_IDS)
DKMS i915_pci.c:881 -> adl_p_info has_sriov :695
DKMS xe_pci.c:449 -> adl_p_desc has_sriov :227
7.3 xe_pci.c:524 -> adl_p_desc has_sriov :271
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_DG2_G10_D_IDS)
DKMS i915_pci.c:882 -> dg2_info no has_sriov
DKMS xe_pci.c:454 -> dg2_desc no has_sriov
7.3 xe_pci.c:529 -> dg2_desc no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_DG2_G10_E_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_DG2_G10_M_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_DG2_G11_D_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_DG2_G11_E_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_DG2_G11_M_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_DG2_G12_D_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_DG2_G12_M_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_ATS_M150_IDS)
DKMS i915_pci.c:883 -> ats_m_info no has_sriov
DKMS xe_pci.c:452 -> ats_m_desc has_sriov :300
7.3 xe_pci.c:527 -> ats_m_desc has_sriov :348
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_ATS_M75_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_ARL_H_IDS)
DKMS i915_pci.c:884 -> mtl_info has_sriov :791
DKMS xe_pci.c:453 -> mtl_desc no has_sriov
7.3 xe_pci.c:528 -> mtl_desc no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_ARL_U_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_ARL_S_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_MTL_U_IDS)
DKMS i915_pci.c:885 -> mtl_info has_sriov :791
DKMS xe_pci.c:455 -> mtl_desc no has_sriov
7.3 xe_pci.c:530 -> mtl_desc no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_MTL_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_PVC_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_LNL_IDS)
DKMS xe_pci.c:456 -> lnl_desc no has_sriov
7.3 xe_pci.c:531 -> lnl_desc no has_sriov
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BMG_G21_IDS)
DKMS xe_pci.c:457 -> bmg_desc has_sriov :374
7.3 xe_pci.c:532 -> bmg_desc has_sriov :427
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_BMG_IDS)
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_PTL_IDS)
DKMS xe_pci.c:458 -> ptl_desc has_sriov :390
7.3 xe_pci.c:533 -> ptl_desc has_sriov :444
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_WCL_IDS)
DKMS xe_pci.c:459 -> ptl_desc has_sriov :390
7.3 xe_pci.c:534 -> ptl_desc has_sriov :444
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_NVLS_IDS)
DKMS xe_pci.c:460 -> nvls_desc no has_sriov
7.3 xe_pci.c:535 -> nvls_desc has_sriov :461
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_CRI_IDS)
DKMS xe_pci.c:461 -> cri_desc has_sriov :426
7.3 xe_pci.c:536 -> cri_desc has_sriov :483
linux 7.3.4 include/drm/intel/pciids.h:# (INTEL_NVLP_IDS)
7.3 xe_pci.c:537 -> nvlp_desc has_sriov :500
i915-sriov-dkms include/drm/intel/pciids.h:# (INTEL_NVLS_IDS)
`;

/** One family a line: per field the number of its value. */
export const FAMILY_ROWS = `
0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
2 2 0 0 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0
3 3 0 0 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0
4 4 0 0 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0
5 5 0 0 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0
6 6 0 0 2 2 1 0 0 0 0 0 0 0 0 0 0 0 0 0
7 7 0 0 2 2 1 0 0 0 0 0 0 0 0 0 0 0 0 0
8 8 0 0 2 2 1 0 0 0 0 0 0 0 0 0 0 0 0 0
9 9 0 0 2 2 1 0 0 0 0 0 0 0 0 0 0 0 0 0
a a 0 0 3 3 1 0 0 0 0 0 0 0 0 0 0 0 0 0
b b 0 0 2 2 1 0 0 0 0 0 0 0 0 0 0 0 0 1
c c 0 0 3 3 1 0 0 0 0 0 0 0 0 0 0 0 0 0
d d 0 0 3 3 1 0 0 0 0 0 0 0 0 0 0 0 0 2
e e 0 0 3 3 1 0 0 0 0 0 0 0 0 0 0 0 0 3
f f 0 0 2 2 1 0 0 0 0 0 0 0 0 0 0 0 0 0
g g 1 0 4 4 1 0 0 0 0 0 0 0 0 0 0 0 0 4
g h 1 0 4 4 1 0 0 0 0 0 0 0 0 0 0 0 0 5
h i 2 0 5 5 1 1 0 0 0 0 0 0 0 0 1 0 0 0
i j 3 0 6 6 1 1 0 0 0 0 0 0 0 0 2 0 0 0
j k 4 0 6 6 1 1 0 0 0 0 0 0 0 0 3 1 1 6
k l 0 0 6 6 1 2 0 0 0 0 0 0 0 0 4 2 0 7
l m 5 0 7 7 1 0 1 0 0 0 0 0 0 0 5 3 1 8
m n 0 0 7 7 1 2 0 0 0 0 0 0 0 0 5 4 0 9
n o 6 0 8 8 1 1 1 0 0 0 0 0 0 0 6 5 0 0
o p 7 0 8 8 1 1 1 0 0 0 0 0 0 0 7 6 2 a
p q 8 0 8 8 1 1 0 0 0 0 0 0 0 0 8 7 2 0
q r 9 0 8 8 1 1 1 0 0 0 0 0 0 0 6 8 0 0
r s a 0 8 8 1 1 1 0 0 0 0 0 0 0 6 8 0 0
r s a 0 8 8 1 2 1 0 0 0 0 0 0 0 0 8 0 b
s t b 0 8 8 1 1 1 0 0 0 0 0 0 0 9 9 0 0
r u c 0 8 8 1 2 1 0 0 0 0 0 0 0 0 a 0 b
t v d 0 8 8 1 1 1 0 0 0 0 0 0 0 6 a 0 c
u w e 0 8 8 1 1 1 0 0 0 0 0 0 0 9 b 0 0
v x f 0 9 9 0 2 0 0 0 0 0 0 0 0 0 0 0 d
w y e 0 a a 1 3 0 0 0 0 0 0 0 0 a c 0 0
x z g 0 a a 1 3 0 0 0 0 0 0 0 0 b d 0 0
y 10 h 0 a a 1 3 0 0 0 0 0 0 0 0 c e 0 0
z 11 i 0 b b 2 3 0 1 1 1 1 1 0 0 d f 0 0
10 12 i 0 b b 2 3 0 2 0 1 0 0 0 0 d g 0 e
11 13 0 1 b c 2 4 0 2 0 1 0 0 0 0 e h 0 0
12 14 j 0 b b 2 3 0 1 1 1 1 2 0 0 d i 0 f
13 15 j 0 b b 2 3 0 1 1 1 1 3 0 0 f j 0 0
14 16 k 0 b b 2 3 0 1 1 1 1 4 0 0 g k 0 0
14 16 k 0 b b 2 3 0 3 1 2 1 4 0 0 g k 0 0
15 17 l 0 b b 2 3 0 1 1 1 1 5 0 0 d l 0 0
16 18 m 0 b b 2 3 0 1 1 1 1 6 0 0 f m 0 0
17 19 m 0 b b 2 3 0 1 1 1 1 7 0 0 f n 0 0
18 1a 0 1 b d 2 4 0 2 0 1 0 0 0 0 e o 0 g
19 1b 0 1 b d 2 4 0 4 1 1 2 8 0 0 e 0 0 h
1a 1c n 0 b e 2 3 0 5 0 1 1 9 0 0 h p 0 i
1b 1d o 0 b e 2 3 0 5 0 1 1 a 0 0 h q 0 j
1c 1e 0 1 b f 0 4 0 0 0 0 3 b 0 0 e 0 0 k
1d 1f p 0 c g 3 3 0 2 0 3 0 0 0 0 i r 0 l
1e 1g 0 1 c h 3 4 0 6 0 3 0 c 1 1 e s 0 m
1e 1g 0 1 c h 3 4 0 7 0 4 0 c 1 1 e s 0 m
1f 1h q 0 d i 3 3 0 7 0 4 0 c 1 1 j t 0 n
1g 1i 0 0 d 0 3 3 0 7 0 4 0 c 1 1 j u 0 o
1h 1j 0 0 d 0 3 3 0 8 2 5 0 c 0 0 j v 0 p
1h 1j 0 0 d 0 4 3 0 9 3 6 0 c 0 0 j v 0 p
1i 1k 0 1 e j 3 4 0 a 4 7 0 c 0 0 e 0 0 q
1i 1k 0 1 e j 4 4 0 b 2 8 0 c 0 0 e 0 0 q
1j 1l 0 0 e k 4 3 0 b 2 8 0 c 0 0 j 0 0 r
1h 1j 0 0 d 0 5 3 0 c 2 9 0 c 0 0 j v 0 p
`;

/** One field a line: its name and its distinct values as JSON. */
export const FAMILY_FIELDS = `
platform	"I810"	"I815"	"I830"	"I845G"	"I85X"	"I865G"	"I915G"	"I915GM"	"I945G"	"I945GM"	"I965G"	"G33"	"I965GM"	"GM45"	"G45"	"PNV"	"ILK"	"SNB"	"IVB"	"HSW"	"VLV"	"BDW"	"CHV"	"SKL"	"APL"	"GLK"	"KBL"	"AML"	"CFL"	"WHL"	"CML"	"CNL"	"ICL"	"EHL"	"JSL"	"TGL"	"RKL"	"DG1"	"ADL-S"	"ADL-P"	"ADL-N"	"RPL-S"	"RPL-U"	"RPL-P"	"DG2"	"ATS-M"	"ARL"	"MTL"	"PVC"	"LNL"	"BMG"	"PTL"	"WCL"	"NVL-S"	"CRI"	"NVL-P"
codename	"Intel 810"	"Intel 815"	"Intel 830M"	"Intel 845G"	"Intel 852/855GM"	"Intel 865G"	"Intel 915G"	"Intel 915GM"	"Intel 945G"	"Intel 945GM"	"Intel 946GZ/965/G35"	"Intel Q35/G33/Q33"	"Intel 965GM"	"Intel GM45"	"Intel 4 Series (G45/Q45/G41/B43)"	"Pineview"	"Ironlake (Clarkdale)"	"Ironlake (Arrandale)"	"Sandy Bridge"	"Ivy Bridge"	"Haswell"	"Valleyview (Bay Trail)"	"Broadwell"	"Cherryview (Braswell/Cherry Trail)"	"Skylake"	"Apollo Lake (Broxton)"	"Gemini Lake"	"Kaby Lake"	"Amber Lake (Kaby Lake based)"	"Coffee Lake"	"Amber Lake (Coffee Lake based)"	"Whiskey Lake"	"Comet Lake"	"Cannon Lake"	"Ice Lake"	"Elkhart Lake"	"Jasper Lake"	"Tiger Lake"	"Rocket Lake"	"DG1 (Iris Xe MAX)"	"Alder Lake-S"	"Alder Lake-P"	"Alder Lake-N / Twin Lake"	"Raptor Lake-S"	"Raptor Lake-U"	"Raptor Lake-P"	"Alchemist (Arc A-series)"	"Arctic Sound-M (Data Center GPU Flex)"	"Arrow Lake"	"Meteor Lake"	"Ponte Vecchio (Data Center GPU Max)"	"Lunar Lake"	"Battlemage (Arc B-series / Arc Pro B-series)"	"Panther Lake"	"Wildcat Lake"	"Nova Lake-S"	"Crescent Island"	"Nova Lake-P"
cpuGeneration	null	"1st (Westmere)"	"2nd"	"3rd"	"4th"	"5th"	"6th"	"Apollo Lake (Celeron N3xxx/J3xxx, Pentium N4200/J4205, Atom E39xx/x5-x7-A39xx)"	"Gemini Lake (Celeron N4xxx/J4xxx, Pentium Silver N5000/J5005)"	"7th/8th"	"7th/8th (Y)"	"8th/9th"	"10th (Y)"	"8th"	"10th"	"8th (Cannon Lake)"	"Atom x6000E / Celeron J6xxx / Pentium N6xxx/J6xxx"	"Celeron N4500/N5100/N5105, Pentium N6000/N6005"	"11th"	"12th"	"N-series (N50..N305, N150/N250/N350)"	"13th/14th"	"13th"	"Core Ultra 200 (S/H/U)"	"Core Ultra 100"	"Core Ultra 200V"	"Core Ultra Series 3"
kind	"integrated"	"discrete"
graphicsGen	1	2	3	4	5	6	7	8	9	10	11	12	20	30	35
graphicsVersion	"unknown"	"2"	"3"	"4"	"5"	"6"	"7"	"8"	"9"	"10"	"11"	"12.00"	"12.10"	"12.55"	"12.70"	"12.60"	"20.04"	"20.01"	"30.00"	"35.11"	"35.10"
drivers	{"i915Mainline":false,"i915Dkms":false,"xeMainline":false,"xeDkms":false}	{"i915Mainline":true,"i915Dkms":true,"xeMainline":false,"xeDkms":false}	{"i915Mainline":true,"i915Dkms":true,"xeMainline":true,"xeDkms":true}	{"i915Mainline":false,"i915Dkms":false,"xeMainline":true,"xeDkms":true}	{"i915Mainline":false,"i915Dkms":false,"xeMainline":true,"xeDkms":false}	{"i915Mainline":false,"i915Dkms":false,"xeMainline":false,"xeDkms":true}
gvtd	"blocked"	"legacy"	"unknown"	"uefi"	"discrete"
gvtg	false	true
sriov	{"i915Mainline":false,"i915Dkms":false,"xeDkms":false,"xeMainlineSince":false,"xeByKernel":{"6.12":null,"6.17":null,"7.0":null,"7.2":null,"7.3":null}}	{"i915Mainline":false,"i915Dkms":true,"xeDkms":true,"xeMainlineSince":"6.18","xeByKernel":{"6.12":false,"6.17":false,"7.0":true,"7.2":true,"7.3":true}}	{"i915Mainline":false,"i915Dkms":false,"xeDkms":false,"xeMainlineSince":false,"xeByKernel":{"6.12":false,"6.17":false,"7.0":false,"7.2":false,"7.3":false}}	{"i915Mainline":false,"i915Dkms":true,"xeDkms":true,"xeMainlineSince":"6.18","xeByKernel":{"6.12":null,"6.17":false,"7.0":true,"7.2":true,"7.3":true}}	{"i915Mainline":false,"i915Dkms":false,"xeDkms":true,"xeMainlineSince":"6.18","xeByKernel":{"6.12":false,"6.17":false,"7.0":true,"7.2":true,"7.3":true}}	{"i915Mainline":false,"i915Dkms":true,"xeDkms":false,"xeMainlineSince":false,"xeByKernel":{"6.12":false,"6.17":false,"7.0":false,"7.2":false,"7.3":false}}	{"i915Mainline":false,"i915Dkms":false,"xeDkms":true,"xeMainlineSince":"6.17","xeByKernel":{"6.12":false,"6.17":true,"7.0":true,"7.2":true,"7.3":true}}	{"i915Mainline":false,"i915Dkms":false,"xeDkms":true,"xeMainlineSince":"6.17","xeByKernel":{"6.12":null,"6.17":true,"7.0":true,"7.2":true,"7.3":true}}	{"i915Mainline":false,"i915Dkms":false,"xeDkms":false,"xeMainlineSince":"7.2","xeByKernel":{"6.12":null,"6.17":null,"7.0":false,"7.2":true,"7.3":true}}	{"i915Mainline":false,"i915Dkms":false,"xeDkms":false,"xeMainlineSince":"7.3","xeByKernel":{"6.12":null,"6.17":null,"7.0":null,"7.2":null,"7.3":true}}	{"i915Mainline":false,"i915Dkms":false,"xeDkms":true,"xeMainlineSince":"7.0","xeByKernel":{"6.12":null,"6.17":null,"7.0":true,"7.2":true,"7.3":true}}	{"i915Mainline":false,"i915Dkms":false,"xeDkms":false,"xeMainlineSince":"7.2","xeByKernel":{"6.12":null,"6.17":null,"7.0":null,"7.2":true,"7.3":true}}	{"i915Mainline":false,"i915Dkms":false,"xeDkms":false,"xeMainlineSince":"7.2","xeByKernel":{"6.12":null,"6.17":null,"7.0":false,"7.2":true,"7.3":null}}
xeMainlineNote	null	"flag read in the 7.0 source; 6.18 taken from commits 6983ea9cd720 (TGL) / 2e7610399852 (ADL, ATS-M) in the first drm-xe-next pull for 6.18"	"flag absent (or id absent) in 7.0, present in 7.2; 7.1 not checked"	"id absent in 7.2 (or flag off), present in 7.3"	"absent in 6.17, present in 7.0; 6.18/6.19 not checked"
xeForceProbe	{"dkms":null,"mainline":{"6.12":null,"6.17":null,"7.0":null,"7.2":null,"7.3":null}}	{"dkms":true,"mainline":{"6.12":true,"6.17":true,"7.0":true,"7.2":true,"7.3":true}}	{"dkms":true,"mainline":{"6.12":null,"6.17":true,"7.0":true,"7.2":true,"7.3":true}}	{"dkms":false,"mainline":{"6.12":false,"6.17":false,"7.0":false,"7.2":false,"7.3":false}}	{"dkms":false,"mainline":{"6.12":null,"6.17":false,"7.0":false,"7.2":false,"7.3":false}}	{"dkms":true,"mainline":{"6.12":null,"6.17":null,"7.0":true,"7.2":true,"7.3":false}}	{"dkms":null,"mainline":{"6.12":null,"6.17":null,"7.0":null,"7.2":null,"7.3":false}}	{"dkms":true,"mainline":{"6.12":null,"6.17":null,"7.0":true,"7.2":true,"7.3":true}}	{"dkms":null,"mainline":{"6.12":null,"6.17":null,"7.0":null,"7.2":true,"7.3":true}}	{"dkms":true,"mainline":{"6.12":null,"6.17":null,"7.0":true,"7.2":true,"7.3":null}}
maxVfs	"unknown"	7	31	63
maxVfsEvidence	null	"Xe SR-IOV RFC (intel-xe list 2023-11): \\"TGL up to 7 VFs\\""	"Xe SR-IOV RFC: \\"ADL up to 7 VFs\\"; strongtz#351 lspci shows 00:02.1-7 on 4680"	"Xe SR-IOV RFC: \\"ADL up to 7 VFs\\"; strongtz#303 dmesg \\"contains BAR 0 for 7 VFs\\" on 46a3"	"Xe SR-IOV RFC: \\"ADL up to 7 VFs\\"; strongtz#352/#429 sriov_totalvfs 7 on Alder Lake-N"	"shares adl_s_desc; VFs 1-7 reported on a780 (strongtz#186, #182)"	"shares adl_p_desc; lspci -vv \\"Total VFs: 7\\" on sibling a7a8 (strongtz#143)"	"shares adl_p_desc; lspci -vv \\"Total VFs: 7\\" on a7a8 (strongtz#143)"	"Xe SR-IOV RFC: \\"ATSM up to 31 VFs\\""	"dmesg \\"Enabled 7 VFs\\" on 7d67 with DKMS i915 (strongtz#297/#314)"	"Xe SR-IOV RFC: \\"MTL up to 7 VFs\\"; sriov_totalvfs=7 on 7d45 (fanyangmeng.blog/plex-vm-gpu-passthrough)"	"Xe SR-IOV RFC: \\"PVC up to 63 VFs\\" (no SR-IOV flag in any tree checked)"	"unknown: read sriov_totalvfs"
vfioDriver	"vfio-pci"	"xe-vfio-pci"
vfioDriverSince	null	"7.0"
gvtdDetail	{"qemuIgdGen":-1,"qemuMin":"unknown","legacyMode":"unknown","stolenBaseRegister":"unknown","romLongQt":"unknown"}	{"qemuIgdGen":6,"qemuMin":null,"legacyMode":true,"stolenBaseRegister":"0x5c","romLongQt":["SNB_GOPv2_igd.rom"]}	{"qemuIgdGen":6,"qemuMin":null,"legacyMode":true,"stolenBaseRegister":"0x5c","romLongQt":["IVB_GOPv3_igd.rom"]}	{"qemuIgdGen":7,"qemuMin":null,"legacyMode":true,"stolenBaseRegister":"0x5c","romLongQt":["HSW_BDW_GOPv5_igd.rom"]}	{"qemuIgdGen":7,"qemuMin":"unknown","legacyMode":"unknown","stolenBaseRegister":"unknown","romLongQt":"unknown"}	{"qemuIgdGen":8,"qemuMin":"unknown","legacyMode":"unknown","stolenBaseRegister":"unknown","romLongQt":"unknown"}	{"qemuIgdGen":9,"qemuMin":null,"legacyMode":true,"stolenBaseRegister":"0x5c","romLongQt":["SKL_CML_GOPv9_igd.rom"]}	{"qemuIgdGen":9,"qemuMin":null,"legacyMode":true,"stolenBaseRegister":"0x5c","romLongQt":null}	{"qemuIgdGen":9,"qemuMin":null,"legacyMode":true,"stolenBaseRegister":"0x5c","romLongQt":["GLK_GOPv13_igd.rom"]}	{"qemuIgdGen":9,"qemuMin":null,"legacyMode":true,"stolenBaseRegister":"0x5c","romLongQt":["CFL_CML_GOPv9.1_igd.rom","SKL_CML_GOPv9_igd.rom"]}	{"qemuIgdGen":11,"qemuMin":null,"legacyMode":false,"stolenBaseRegister":"0xc0","romLongQt":["ICL_GOPv14_igd.rom"]}	{"qemuIgdGen":11,"qemuMin":null,"legacyMode":false,"stolenBaseRegister":"0xc0","romLongQt":null}	{"qemuIgdGen":11,"qemuMin":null,"legacyMode":false,"stolenBaseRegister":"0xc0","romLongQt":["JSL_GOPv18_igd.rom"]}	{"qemuIgdGen":12,"qemuMin":null,"legacyMode":false,"stolenBaseRegister":"0xc0","romLongQt":["RKL_TGL_ADL_RPL_GOPv17_igd.rom","RKL_TGL_ADL_RPL_GOPv17.1_igd.rom"]}	null	{"qemuIgdGen":12,"qemuMin":null,"legacyMode":false,"stolenBaseRegister":"0xc0","romLongQt":["ADL-H_RPL-H_GOPv21_igd.rom","RKL_TGL_ADL_RPL_GOPv17_igd.rom","RKL_TGL_ADL_RPL_GOPv17.1_igd.rom"]}	{"qemuIgdGen":12,"qemuMin":null,"legacyMode":false,"stolenBaseRegister":"0xc0","romLongQt":["ADL-N_TWL_GOPv21_igd.rom"]}	{"qemuIgdGen":-1,"qemuMin":"10.1","legacyMode":false,"stolenBaseRegister":null,"romLongQt":["ARL_MTL_GOPv22_igd.rom"]}	{"qemuIgdGen":-1,"qemuMin":"10.1","legacyMode":false,"stolenBaseRegister":null,"romLongQt":["LNL_GOPv2X_igd.rom"]}	{"qemuIgdGen":-1,"qemuMin":"10.1","legacyMode":false,"stolenBaseRegister":null,"romLongQt":null}
audioCandidates	[]	["0a0c","0c0c","0d0c"]	["0f04"]	["160c"]	["2284"]	["a170","9d70"]	["5a98"]	["3198"]	["a171","a2f0","9d71"]	["a348","9dc8"]	["9dc8"]	["06c8","a3f0","02c8"]	["34c8"]	["4b55","4b58"]	["4dc8"]	["a0c8","43c8"]	["f1c8","43c8"]	["490d"]	["7ad0"]	["51c8","51c9","51cc","51cd"]	["54c8"]	["7a50","7ad0"]	["51ca","51cb"]	["51ca","51cb","51ce","51cf"]	["4f90","4f91","4f92"]	["7728","7f50"]	["7e28"]	["a828"]	["e2f7"]	["e428","e328"]	["4d28"]	["6e50"]
audioBdfHint	null	"00:03.0"	"00:0e.0"
notes	null	"Q35 host bridge 8086:29b2 is in quirk_iommu_igfx (host IOMMU off for graphics)."	"host bridge 8086:2a40 is in quirk_iommu_igfx."	"host bridges 8086:2e00/2e10/2e20/2e30/2e40/2e90 are in quirk_iommu_igfx."	"QEMU igd_gen() starts at gen 6 (Sandy Bridge)."	"host bridge 8086:0044 is in quirk_iommu_igfx; QEMU igd_gen() starts at gen 6."	"HDMI/DP audio is a separate PCI function 00:03.0 (8086:0a0c/0c0c/0d0c)."	"QEMU igd_gen() maps 0x0f00 to 7 but the comment there says some listed parts do not even support VT-d; check /sys/class/iommu at run time."	"Host kernel quirk_iommu_igfx disables the graphics IOMMU unit for every Broadwell id, so 00:02.0 has no IOMMU group and vfio-pci cannot own it. Audio function 00:03.0 is 8086:160c."	"Gen 8 in QEMU; not in GVT-g list; VT-d presence must be checked at run time."	"Linux platform name BROXTON. Reported working: SeaBIOS + i440fx + VBIOS romfile (id patched to 5a85) + x-igd-gms (repo roger-/proxmox-igpu-nuc6cayh). GVT-g: driver lists it, maintainers do not support Windows guests (intel/gvt-linux#103,#113)."	"QEMU igd_gen() returns -1 for this id, so no legacy mode and no BDSM quirk."	"Linux platform COFFEELAKE."	"ids remain in pciids.h, but neither i915 7.3 nor the DKMS i915/xe tables bind them; QEMU igd_gen() = -1."	"No has_sriov in any tree checked. strongtz#27: PF mode could be forced, guests hit Code 43."	"Some 13th/14th-gen entry parts reuse Alder Lake-S dies and report these ids."	"No has_sriov for dg2_desc in any tree."	"Driver 7.x needs xe.force_probe."	"GMD_ID platform: runtime version 12.70/12.71/12.74. Linux platform METEORLAKE."	"GMD_ID platform: runtime version 12.70/12.71/12.74."	"pvc_desc exists but is __maybe_unused and not in any pciidlist."	"Not in any i915 table; no has_sriov in mainline or DKMS xe (2025.10.09 DKMS only had it)."	"GMD_ID platform (20.01 or 20.02). Intel enables the SR-IOV capability only on Arc Pro boards: B580 (e20b) shows no SR-IOV capability (intel/linux-intel-lts#33). Test for sriov_totalvfs, not the id."	"GMD_ID platform (30.00/30.01/...)."	"Uses ptl_desc; GMD_ID decides the graphics version at run time."	"GMD_ID decides the graphics version at run time."	"Data-centre part; xe needs force_probe; graphics IP name Xe3p_XPC (35.11)."	"GMD_ID platform; xe needs force_probe in 7.3."
`;

/** One companion a line: device, platforms, role, usual address, name, description text, evidence (`@` for linux 7.3.4 pci_ids.h). */
export const COMPANION_ROWS = `
5a98	APL	audio	00:0e.0	Celeron N3350/Pentium N4200/Atom E3900 Series Audio Cluster	9k	linux include/linux/pci_ids.h:3088 PCI_DEVICE_ID_INTEL_HDA_APL; projectacrn/acrn-hypervisor misc/acrn-config/xmls/board-xmls/nuc6cayh.xml
5ae8	APL	isa	00:1f.0	Celeron N3350/Pentium N4200/Atom E3900 Series Low Pin Count Interface	9l	pci.ids 2026.10.24; nuc6cayh.xml
5af0	APL	host-bridge	00:00.0	Celeron N3350/Pentium N4200/Atom E3900 Series Host Bridge	9m	pci.ids; nuc6cayh.xml
5a9a	APL	txe	00:0f.0	Celeron N3350/Pentium N4200/Atom E3900 Series Trusted Execution Engine	9n	pci.ids; nuc6cayh.xml
5ad4	APL	smbus	00:1f.1	Celeron N3350/Pentium N4200/Atom E3900 Series SMBus Controller	9o	pci.ids; nuc6cayh.xml
5ae3	APL	sata	00:12.0	Celeron N3350/Pentium N4200/Atom E3900 Series SATA AHCI Controller	9p	pci.ids; nuc6cayh.xml
5aa8	APL	xhci	00:15.0	Celeron N3350/Pentium N4200/Atom E3900 Series USB xHCI	9q	pci.ids; nuc6cayh.xml
5a88	APL	imaging	00:03.0	Celeron N3350/Pentium N4200/Atom E3900 Series Imaging Unit	9r	pci.ids; lspci of another Apollo Lake board
5ad8	APL	root-port	00:13.0	Celeron N3350/Pentium N4200/Atom E3900 Series PCI Express Port A #1	9s	pci.ids; nuc6cayh.xml
5ad9	APL	root-port	00:13.1	Celeron N3350/Pentium N4200/Atom E3900 Series PCI Express Port A #2	9t	pci.ids; nuc6cayh.xml
5ada	APL	root-port	00:13.2	Celeron N3350/Pentium N4200/Atom E3900 Series PCI Express Port A #3	9u	pci.ids; nuc6cayh.xml
5ad6	APL	root-port	00:14.0	Celeron N3350/Pentium N4200/Atom E3900 Series PCI Express Port B #1	9v	pci.ids
5ad7	APL	root-port		Celeron N3350/Pentium N4200/Atom E3900 Series PCI Express Port B #2	9w	pci.ids
5adb	APL	root-port		Celeron N3350/Pentium N4200/Atom E3900 Series PCI Express Port A #4	9x	pci.ids
0a0c	HSW	audio	00:03.0	Haswell-ULT HD Audio Controller	9y	@2727 PCI_DEVICE_ID_INTEL_HDA_HSW_0
0c0c	HSW	audio	00:03.0	Xeon E3-1200 v3/4th Gen Core Processor HD Audio Controller	9y	@2729 PCI_DEVICE_ID_INTEL_HDA_HSW_2
0d0c	HSW	audio	00:03.0	Crystal Well HD Audio Controller	9y	@2732 PCI_DEVICE_ID_INTEL_HDA_HSW_3
160c	BDW	audio	00:03.0	Broadwell-U Audio Controller	9y	@2770 PCI_DEVICE_ID_INTEL_HDA_BDW
0f04	VLV	audio		Atom Processor Z36xxx/Z37xxx Series High Definition Audio Controller	9y	@2733 PCI_DEVICE_ID_INTEL_HDA_BYT
2284	CHV	audio		Atom/Celeron/Pentium Processor x5-E8000/J3xxx/N3xxx Series High Definition Audio Controller	9y	@2788 PCI_DEVICE_ID_INTEL_HDA_BSW
a170	SKL	audio		100/C230 Series Chipset Family HD Audio	9y	@3154 PCI_DEVICE_ID_INTEL_HDA_SKL
9d70	SKL	audio		Sunrise Point-LP HD Audio	9y	@3150 PCI_DEVICE_ID_INTEL_HDA_SKL_LP
3198	GLK	audio	00:0e.0	Celeron/Pentium Silver Processor High Definition Audio	9y	@2965 PCI_DEVICE_ID_INTEL_HDA_GLK
a171	KBL	audio		HM175/QM175/CM238 HD Audio Controller	9y	@3155 PCI_DEVICE_ID_INTEL_HDA_KBL
a2f0	KBL	audio		200 Series/Z370 Chipset Family HD Audio	9y	@3158 PCI_DEVICE_ID_INTEL_HDA_KBL_H
9d71	KBL	audio		Sunrise Point-LP HD Audio	9y	@3151 PCI_DEVICE_ID_INTEL_HDA_KBL_LP
a348	CFL	audio		300/C240 Series Chipset Family HD Audio	9y	@3159 PCI_DEVICE_ID_INTEL_HDA_CNL_H
9dc8	CFL,WHL	audio		Cannon Point-LP High Definition Audio Controller	9y	@3152 PCI_DEVICE_ID_INTEL_HDA_CNL_LP
06c8	CML	audio		400 Series Chipset Family HD Audio	9y	@2714 PCI_DEVICE_ID_INTEL_HDA_CML_H
a3f0	CML	audio		B460/H410 Chipset HD Audio	9y	@3160 PCI_DEVICE_ID_INTEL_HDA_CML_S
02c8	CML	audio		400 Series Chipset Family On-Package HD Audio	9y	@2698 PCI_DEVICE_ID_INTEL_HDA_CML_LP
34c8	ICL	audio		Ice Lake-LP Smart Sound Technology Audio Controller	9y	@2976 PCI_DEVICE_ID_INTEL_HDA_ICL_LP
4b55	EHL	audio			9y	@3070 PCI_DEVICE_ID_INTEL_HDA_EHL_0
4b58	EHL	audio		Elkhart Lake High Density Audio bus interface	9y	@3071 PCI_DEVICE_ID_INTEL_HDA_EHL_3
4dc8	JSL	audio		Jasper Lake HD Audio	9y	@3073 PCI_DEVICE_ID_INTEL_HDA_JSL_N
a0c8	TGL	audio		500 Series Chipset Family On-Package High Definition Audio (HD Audio)	9y	@3153 PCI_DEVICE_ID_INTEL_HDA_TGL_LP
43c8	TGL,RKL	audio		500 Series Chipset Family HD Audio	9y	@3063 PCI_DEVICE_ID_INTEL_HDA_TGL_H
f1c8	RKL	audio			9y	@3168 PCI_DEVICE_ID_INTEL_HDA_RKL_S
7ad0	ADL-S,RPL-S	audio		600 Series Chipset Family HD Audio	9y	@3126 PCI_DEVICE_ID_INTEL_HDA_ADL_S
51c8	ADL-P	audio		Alder Lake PCH-P High Definition Audio Controller	9y	@3079 PCI_DEVICE_ID_INTEL_HDA_ADL_P
51c9	ADL-P	audio			9y	@3080 PCI_DEVICE_ID_INTEL_HDA_ADL_PS
51cc	ADL-P	audio		Alder Lake Smart Sound Technology Audio Controller	9y	@3083 PCI_DEVICE_ID_INTEL_HDA_ADL_M
51cd	ADL-P	audio			9y	@3084 PCI_DEVICE_ID_INTEL_HDA_ADL_PX
54c8	ADL-N	audio		Alder Lake-N PCH High Definition Audio Controller	9y	@3087 PCI_DEVICE_ID_INTEL_HDA_ADL_N
7a50	RPL-S	audio		700 Series Chipset Family HD Audio	9y	@3125 PCI_DEVICE_ID_INTEL_HDA_RPL_S
51ca	RPL-U,RPL-P	audio		Raptor Lake-P/U/H cAVS	9y	@3081 PCI_DEVICE_ID_INTEL_HDA_RPL_P_0
51cb	RPL-U,RPL-P	audio			9y	@3082 PCI_DEVICE_ID_INTEL_HDA_RPL_P_1
51ce	RPL-P	audio			9y	@3085 PCI_DEVICE_ID_INTEL_HDA_RPL_M
51cf	RPL-P	audio			9y	@3086 PCI_DEVICE_ID_INTEL_HDA_RPL_PX
7e28	MTL	audio		Meteor Lake-P HD Audio Controller	9y	@3127 PCI_DEVICE_ID_INTEL_HDA_MTL
7728	ARL	audio		Core Ultra 200H/200V Series Processors HD Audio	9y	@3124 PCI_DEVICE_ID_INTEL_HDA_ARL
7f50	ARL	audio		800 Series Chipset Family Audio Context Engine (ACE)	9y	@3128 PCI_DEVICE_ID_INTEL_HDA_ARL_S
a828	LNL	audio		Core Ultra 200V Series Processors HD Audio	9y	@3161 PCI_DEVICE_ID_INTEL_HDA_LNL_P
e428	PTL	audio		Core Ultra Processors (Series 3) HD Audio	9y	@3166 PCI_DEVICE_ID_INTEL_HDA_PTL
e328	PTL	audio		Core Ultra Processors (Series 3) HD Audio	9y	@3165 PCI_DEVICE_ID_INTEL_HDA_PTL_H
4d28	WCL	audio			9y	@3072 PCI_DEVICE_ID_INTEL_HDA_WCL
6e50	NVL-S	audio			9y	@3095 PCI_DEVICE_ID_INTEL_HDA_NVL_S
490d	DG1	audio			9y	@3064 PCI_DEVICE_ID_INTEL_HDA_DG1
4f90	DG2	audio		DG2 Audio Controller	9y	@3074 PCI_DEVICE_ID_INTEL_HDA_DG2_0
4f91	DG2	audio		DG2 Audio Controller	9y	@3075 PCI_DEVICE_ID_INTEL_HDA_DG2_1
4f92	DG2	audio		DG2 Audio Controller	9y	@3076 PCI_DEVICE_ID_INTEL_HDA_DG2_2
e2f7	BMG	audio			9y	@3164 PCI_DEVICE_ID_INTEL_HDA_BMG
`;

/** The releases of i915-sriov-dkms with their kernels, oldest first, as JSON. */
export const DKMS_RELEASES = `
{"format":1,"date":"2026-11-20","source":"github.com/strongtz/i915-sriov-dkms: BUILD_EXCLUSIVE_KERNEL in dkms.conf of each tag, read up to tag 2026.05.06; the README's table of kernels","releases":[{"tag":"intel-lts-v6.1","date":"2024-09-21","branch":true,"firstKernel":"6.1","lastKernel":"6.7","modules":["i915"],"note":"The README names it for 6.1 to 6.7; its expression lets 6.0 to 6.11 build."},{"tag":"2024.12.30","date":"2025-01-03","branch":false,"firstKernel":"6.8","lastKernel":"6.13","modules":["i915"],"note":null},{"tag":"2025.01.22","date":"2025-01-22","branch":false,"firstKernel":"6.8","lastKernel":"6.13","modules":["i915"],"note":null},{"tag":"2025.02.03","date":"2025-02-05","branch":false,"firstKernel":"6.8","lastKernel":"6.14","modules":["i915"],"note":null},{"tag":"2025.03.26","date":"2025-03-26","branch":false,"firstKernel":"6.8","lastKernel":"6.14","modules":["i915","kvmgt"],"note":null},{"tag":"2025.03.27","date":"2025-03-27","branch":false,"firstKernel":"6.8","lastKernel":"6.14","modules":["i915","kvmgt"],"note":null},{"tag":"2025.05.11","date":"2025-05-14","branch":false,"firstKernel":"6.8","lastKernel":"6.15","modules":["i915","kvmgt"],"note":null},{"tag":"2025.05.18","date":"2025-05-19","branch":false,"firstKernel":"6.8","lastKernel":"6.15","modules":["i915","kvmgt"],"note":null},{"tag":"2025.07.22","date":"2025-07-22","branch":false,"firstKernel":"6.8","lastKernel":"6.16","modules":["i915","kvmgt"],"note":"The last release for 6.8 to 6.11."},{"tag":"2025.10.09","date":"2025-10-09","branch":false,"firstKernel":"6.12","lastKernel":"6.17","modules":["intel_sriov_compat","i915","kvmgt","xe"],"note":"The first with xe; its xe still flags Meteor Lake and Lunar Lake."},{"tag":"2025.10.10","date":"2025-10-10","branch":false,"firstKernel":"6.12","lastKernel":"6.17","modules":["intel_sriov_compat","i915","kvmgt","xe"],"note":"xe no longer flags Meteor Lake and Lunar Lake. The README asks for 6.12.19 or later."},{"tag":"2025.11.10","date":"2025-11-10","branch":false,"firstKernel":"6.12","lastKernel":"6.18","modules":["intel_sriov_compat","i915","kvmgt","xe"],"note":null},{"tag":"2025.12.10","date":"2025-12-10","branch":false,"firstKernel":"6.12","lastKernel":"6.18","modules":["intel_sriov_compat","i915","kvmgt","xe"],"note":null},{"tag":"2026.02.09","date":"2026-02-09","branch":false,"firstKernel":"6.12","lastKernel":"6.19","modules":["intel_sriov_compat","i915","kvmgt","xe"],"note":null},{"tag":"2026.03.05.2","date":"2026-05-06","branch":false,"firstKernel":"6.12","lastKernel":"6.19","modules":["intel_sriov_compat","i915","kvmgt","xe"],"note":"The last line for 6.12 to 6.16; mends builds on 6.18.24 and 6.19.14."},{"tag":"2026.05.06","date":"2026-05-06","branch":false,"firstKernel":"6.17","lastKernel":"7.0","modules":["intel_sriov_compat","i915","kvmgt","xe"],"note":"Support before 6.17 dropped."}],"newer":"Upstream threads name release 2026.08.12.1 and work on kernel 7.1; neither was read."}
`;
